"""Builds the wheel of this folder (PEP 517), with nothing but the standard library: pip installs it without a network and on any machine.

A wheel of one pure package is a zip file of it beside three small files; setuptools would have to be fetched or be there in the right version.
"""
import base64
import hashlib
import os
import zipfile

NAME, VERSION = "multiproc_names", "0.1.0"
INFO = "%s-%s.dist-info" % (NAME, VERSION)
METADATA = """Metadata-Version: 2.1
Name: multiproc-names
Version: %s
Summary: Named objects of a multiproc manager for CPython, with nothing but multiprocessing.managers below
License: Apache-2.0
Requires-Python: >=3.8
""" % VERSION
WHEEL = "Wheel-Version: 1.0\nGenerator: multiproc\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    here = os.path.dirname(os.path.abspath(__file__))
    files = [(INFO + "/METADATA", METADATA.encode()), (INFO + "/WHEEL", WHEEL.encode())]
    for name in sorted(os.listdir(os.path.join(here, NAME))):
        if name.endswith(".py"):
            with open(os.path.join(here, NAME, name), "rb") as f:
                files.append((NAME + "/" + name, f.read()))
    record = ""
    for name, data in files:
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += "%s,sha256=%s,%d\n" % (name, digest, len(data))
    files.append((INFO + "/RECORD", (record + INFO + "/RECORD,,\n").encode()))
    wheel = "%s-%s-py3-none-any.whl" % (NAME, VERSION)
    with zipfile.ZipFile(os.path.join(wheel_directory, wheel), "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files:
            out.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data)
    return wheel
