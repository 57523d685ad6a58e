"""HOST PORT KEY: the values of from_java that only Python can make."""
from common import named

named("from_java")["frozen"] = frozenset([1])
print("frozen")
