"""Writes this interpreter, its standard library and the system libraries that they need as a tar file: TAR. Prints the interpreter's path."""
import glob
import os
import re
import subprocess
import sys
import sysconfig
import tarfile

LEFT_OUT = {"test", "tests", "site-packages", "dist-packages", "__pycache__", "idlelib", "ensurepip", "lib2to3", "tkinter", "turtledemo"}
program = os.path.realpath(sys.executable)
stdlib = sysconfig.get_paths()["stdlib"]
extensions = glob.glob(os.path.join(sysconfig.get_paths()["platstdlib"], "lib-dynload", "*.so"))
needed = subprocess.run(["ldd", program, *extensions], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
with tarfile.open(sys.argv[1], "w", dereference=True) as tar:
    for path in sorted({program, *re.findall(r"(?:^\s|=> )\s*(/[^\s:]+\.so[^\s:]*)", needed, re.M)}):
        tar.add(path)
    tar.add(stdlib, filter=lambda f: None if os.path.basename(f.name) in LEFT_OUT or f.name.endswith(".a") else f)
print(program)
