"""A GPU library as a peer: answers one line with one line, so that its turns interleave with everybody else's.

usage: gpu_peer.py jax | cupy | torch | torch.compile | numpy       (numpy, on the host, shows that the protocol works)

hello                          name, version without blanks, and the works that it can do
open PATH SETS ROWS COLUMNS    the float64 numbers in PATH.0, PATH.1 ... on the device
run WORK SET                   seconds from the call until the device has finished, and the values that are checked

What traces or compiles does so before it is timed: the first time that a work is asked for on an input it runs twice
untimed.
"""

import os
import sys
import time

try:
    import numpy as np
except ImportError:
    np = None

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # the device is shared with the others


class Numpy:
    """What the works are written in terms of; a library differs in its module and in how it waits and compiles."""

    def __init__(self):
        self.m, self.version = np, np.__version__

    def put(self, x):
        return x.copy()

    def wait(self, result):
        pass

    def compiled(self, function):
        return function

    def std(self, x):
        return self.m.std(x)

    def total(self, x, axis):
        return self.m.sum(x, axis)

    def turned(self, x):
        return self.m.ascontiguousarray(x.T)


class Cupy(Numpy):
    def __init__(self):
        import cupy

        self.m, self.version = cupy, cupy.__version__
        cupy.cuda.runtime.getDeviceCount()

    def put(self, x):
        return self.m.asarray(x)

    def wait(self, result):
        self.m.cuda.get_current_stream().synchronize()


class Jax(Numpy):
    def __init__(self):
        import jax

        jax.config.update("jax_enable_x64", True)
        self.jax, self.m, self.version = jax, jax.numpy, jax.__version__
        if jax.default_backend() == "cpu":
            raise RuntimeError("this JAX sees no GPU")

    def put(self, x):
        return self.jax.device_put(x).block_until_ready()

    def wait(self, result):
        self.jax.block_until_ready(result)

    def compiled(self, function):
        return self.jax.jit(function)

    def turned(self, x):
        return self.m.transpose(x)


class Torch(Numpy):
    def __init__(self):
        import torch

        self.m, self.version = torch, torch.__version__
        self.device = torch.device("cuda")
        torch.zeros(1, device=self.device)

    def put(self, x):
        return self.m.from_numpy(x).to(self.device)

    def wait(self, result):
        self.m.cuda.synchronize()

    def std(self, x):
        return self.m.std(x, correction=0)

    def total(self, x, axis):
        return self.m.sum(x, dim=axis)

    def turned(self, x):
        return x.T.contiguous()


class TorchCompiled(Torch):
    def compiled(self, function):
        return self.m.compile(function, dynamic=False)


LIBRARIES = {"numpy": Numpy, "cupy": Cupy, "jax": Jax, "torch": Torch, "torch.compile": TorchCompiled}


def works(library):
    m = library.m

    def step(x):
        return m.sqrt(x) + m.sin(x)

    def chain(x):
        for _ in range(10):
            x = step(x)
        return m.mean(x)

    def moments(x):
        y = step(x)
        return m.mean(y), library.std(y), m.max(y)

    def table(a):
        return a[:10, 5] + 0, library.total(a, 0), library.total(a, 1), library.turned(a), m.mean(a), library.std(a)

    flat = {
        "sqrt_sin": step,
        "affine": lambda x: x * 2 + 1,
        "sum": m.sum,
        "mean_sqrt": lambda x: m.mean(m.sqrt(x)),
        "sum_sqrt_sin": lambda x: m.sum(step(x)),
        "moments": moments,
        "chain": chain,
    }
    matrix = {
        "sum_axis0": lambda a: library.total(a, 0),
        "sum_axis1": lambda a: library.total(a, 1),
        "table": table,
    }
    return flat, matrix


class Peer:
    def __init__(self, name):
        if np is None:
            raise ImportError("this Python has no NumPy")
        self.name, self.library = name, LIBRARIES[name]()
        self.flat, self.matrix = works(self.library)
        self.sets, self.shape, self.ready = [], (1, 1), {}

    def open(self, path, sets, rows, columns):
        self.sets, self.ready, self.shape = [], {}, (int(rows), int(columns))
        for i in range(int(sets)):
            self.sets.append(self.library.put(np.fromfile(path + "." + str(i))))
        return "ok"

    def run(self, work, number):
        x = self.sets[int(number)]
        if work in self.matrix:
            x = x.reshape(self.shape)
        if work not in self.ready:
            self.ready[work] = self.library.compiled(self.flat.get(work) or self.matrix[work])
            for _ in range(2):
                self.library.wait(self.ready[work](x))
        compute = self.ready[work]
        self.library.wait(x)
        start = time.perf_counter()
        result = compute(x)
        self.library.wait(result)
        seconds = time.perf_counter() - start
        results = result if isinstance(result, tuple) else (result,)
        return " ".join(repr(float(v)) for v in [seconds, *(self.library.m.sum(r) for r in results)])

    def answer(self, command, *words):
        if command == "hello":
            return " ".join([self.name, self.library.version, *self.flat, *self.matrix])
        if command == "open":
            return self.open(*words)
        if command == "run":
            return self.run(*words)
        return "error: unknown command " + command


def main():
    sys.stdout, answers = sys.stderr, sys.stdout  # what a library prints is no answer
    peer = failure = None
    try:
        peer = Peer(sys.argv[1])
    except Exception as problem:
        failure = "error: " + " ".join((type(problem).__name__ + ": " + str(problem)).split())
    for line in sys.stdin:
        try:
            reply = failure or peer.answer(*line.split())
        except Exception as problem:
            reply = "error: " + " ".join(str(problem).split())
        print(reply, file=answers, flush=True)


main()
