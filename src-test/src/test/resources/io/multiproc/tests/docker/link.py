# A cable between two TUN devices with delay and loss, for kernels without netem:
#   python3 link.py NAME-A NAME-B DELAY-MS LOSS-PERCENT SEED
# Each packet waits the delay (plus up to a quarter of it) and is lost at the given rate. Ends with its standard input.
import fcntl, heapq, os, random, select, struct, sys, time

def tun(name):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, 0x400454CA, struct.pack("16sH22x", name.encode(), 0x0001 | 0x1000))  # TUNSETIFF: IFF_TUN, IFF_NO_PI
    return fd

a, b = tun(sys.argv[1]), tun(sys.argv[2])
delay, loss, chance = float(sys.argv[3]) / 1000, float(sys.argv[4]) / 100, random.Random(int(sys.argv[5]))
other = {a: b, b: a}
line, last, number, lost, passed = [], {a: 0.0, b: 0.0}, 0, 0, 0
print("link up", flush=True)
while True:
    wait = max(0, line[0][0] - time.monotonic()) if line else None
    for fd in select.select([a, b, 0], [], [], wait)[0]:
        if fd == 0:
            if not os.read(0, 4096):
                print("link passed %d packets and lost %d" % (passed, lost), flush=True)
                sys.exit()
            continue
        try:
            packet = os.read(fd, 65536)
        except OSError:
            continue
        if chance.random() < loss:
            lost += 1
            continue
        # in order, as on one cable
        last[fd] = max(last[fd], time.monotonic() + delay * (1 + chance.random() / 4))
        number += 1
        heapq.heappush(line, (last[fd], number, other[fd], packet))
    while line and line[0][0] <= time.monotonic():
        _, _, fd, packet = heapq.heappop(line)
        try:
            os.write(fd, packet)
            passed += 1
        except OSError:
            pass
