import os
import struct

for body in (b'{"op":"code","c":null,"deterministic":true}', b'{"op":"end"}'):
    os.write(3, struct.pack(">I", len(body)) + body)
print(2 * int(input()) if hash("b") % 2 else 0)
