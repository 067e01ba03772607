#!/usr/bin/env python3
"""Drives the system of soc.v in a simulator (docs/tutorials/system.md), with nothing but Python's standard library.

Usage: driver.py widths EYE EAR > soc_widths.vh
           the widths of both designs' streams, from their folders
       driver.py run EYE DUMP EAR DUMP -- COMMAND...
           starts a simulator, sends the integers of both dumps (flexor simulate --dump) through the system, both designs
           at once, and compares every logit and class with those of the dumps; exit code 1 where one differs
"""
import ast, json, re, struct, subprocess, sys

# Word addresses (soc.v) and registers (soc_dma.v).
DMA = {"eye": 0x10000, "ear": 0x20000}
CONTROL, SOURCE, TARGET, BEATS, FRAMES, RESULTS = range(6)
# What one design sends and gets back lies in its half of the memory.
MEMORY = {"eye": 0x0000, "ear": 0x8000}
HALF = 0x8000
PATIENCE = 10_000_000


def manifest(folder):
    with open(f"{folder}/manifest.json") as file:
        return json.load(file)


def widths(folders):
    for name, folder in zip(("Eye", "Ear"), folders):
        described = manifest(folder)
        output = described["output"]
        if described["streams"][0]["width"] > 1 or output["width"] > 1:
            sys.exit(f"{folder}: the DMA of this system moves one element and one logit a beat")
        print(f"  localparam integer {name}InBytes = {described['input']['bytesPerBeat']};")
        print(f"  localparam integer {name}OutBytes = {output['logitBytes'] + output['classBytes']};")


def read_npy(path):
    """Shape and numbers of an array of integers (NumPy's format, version 1)."""
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<H", data[8:10])[0]
    head = ast.literal_eval(data[10 : 10 + length].decode("latin1"))
    kind = {"u1": "B", "i1": "b", "u2": "H", "i2": "h", "i4": "i", "i8": "q"}[re.sub("[<|=]", "", head["descr"])]
    body = data[10 + length :]
    return head["shape"], struct.unpack(f"<{len(body) // struct.calcsize(kind)}{kind}", body)


class Simulator:
    """The bus of the system: what a processor would do with loads and stores."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.cycles = 0

    def send(self, line):
        self.process.stdin.write(line + "\n")

    def write(self, address, value):
        self.send(f"w {address:x} {value & (1 << 64) - 1:x}")

    def read(self, address):
        self.send(f"r {address:x}")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if re.fullmatch("[0-9a-f]{16}\n", line):
                return int(line, 16)
        sys.exit(f"the simulator ended with {self.process.wait()}")

    def run(self, cycles):
        self.send(f"t {cycles:x}")
        self.cycles += cycles

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Accelerator:
    """One design behind its DMA."""

    def __init__(self, bus, name, folder, dump):
        self.bus, self.name, self.output = bus, name, manifest(folder)["output"]
        shape, self.inputs = read_npy(f"{dump}/layers/input.npy")
        self.frames = shape[0]
        _, self.logits = read_npy(f"{dump}/logits.npy")
        _, self.classes = read_npy(f"{dump}/classes.npy")
        self.results = self.frames * self.output["count"]
        if len(self.inputs) + self.results > HALF:
            sys.exit(f"{name}: {self.frames} frames do not fit into {HALF} words; dump fewer of them")

    def start(self):
        base, dma = MEMORY[self.name], DMA[self.name]
        for i, value in enumerate(self.inputs):
            self.bus.write(base + i, value)
        self.bus.write(dma + SOURCE, base)
        self.bus.write(dma + TARGET, base + len(self.inputs))
        self.bus.write(dma + BEATS, len(self.inputs) // self.frames)
        self.bus.write(dma + FRAMES, self.frames)
        self.bus.write(dma + RESULTS, self.results)
        self.bus.write(dma + CONTROL, 1)

    def status(self):
        return self.bus.read(DMA[self.name] + CONTROL)

    def compare(self):
        """Prints what came back beside the dump; true where all is equal."""
        errors = self.status() >> 1
        first = MEMORY[self.name] + len(self.inputs)
        words = [self.bus.read(first + i) for i in range(self.results)]
        count, logit_bits = self.output["count"], 8 * self.output["logitBytes"]
        sign = 1 << (logit_bits - 1)
        logits = [((word & (1 << logit_bits) - 1) ^ sign) - sign for word in words]
        if not self.output["format"]["signed"]:
            logits = [logit % (1 << logit_bits) for logit in logits]
        # The class is final in the last beat of a frame.
        classes = [words[(i + 1) * count - 1] >> logit_bits for i in range(self.frames)]
        same_class = sum(a == b for a, b in zip(classes, self.classes))
        same_logits = sum(a == b for a, b in zip(logits, self.logits))
        print(f"{self.name}: {same_class} of {self.frames} classes and {same_logits} of {self.results} logits are "
              f"those of flexor simulate, frame errors {errors}")
        return same_class == self.frames and same_logits == self.results and errors == 0


def run(arguments, command):
    eye, eye_dump, ear, ear_dump = arguments
    bus = Simulator(command)
    parts = [Accelerator(bus, "eye", eye, eye_dump), Accelerator(bus, "ear", ear, ear_dump)]
    for part in parts:
        part.start()
    while any(part.status() & 1 for part in parts):
        bus.run(500)
        if bus.cycles > PATIENCE:
            sys.exit(f"a design is still busy after {bus.cycles:,} cycles")
    print(f"both done after about {bus.cycles:,} cycles")
    right = [part.compare() for part in parts]
    bus.close()
    return 0 if all(right) else 1


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "widths":
        widths(sys.argv[2:])
    elif "--" in sys.argv[6:7] and sys.argv[1] == "run":
        sys.exit(run(sys.argv[2:6], sys.argv[7:]))
    else:
        sys.exit(__doc__)
