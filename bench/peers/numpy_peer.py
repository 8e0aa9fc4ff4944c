"""NumPy as a peer: answers one line with one line, so that its turns interleave with everybody else's.

version                      NumPy's version
write PATH KIND N SEED       a .npy file of float64: KIND is uniform (1-d) or normal:ROWS:COLUMNS
open memory KIND N SEED      the benchmark's own numbers, in memory
open file PATH               a fresh memory map of the file
change INDEX VALUE           takes back the last change and makes another; a file has been changed already
run WORK [SEED N]            seconds, and the values that the benchmark checks
"""

import sys
import time

import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def splitmix(first, last, seed):
    z = (np.arange(first + 1, last + 1, dtype=np.uint64) + np.uint64(seed)) * GOLDEN
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53


def shape_of(kind, n):
    return tuple(int(d) for d in kind.split(":")[1:]) or (n,)


def numbers(kind, n, seed):
    x = np.empty(n)
    for first in range(0, n, 1 << 16):
        last = min(n, first + (1 << 16))
        x[first:last] = splitmix(first, last, seed)
        if kind.startswith("normal"):
            radius = np.sqrt(-2.0 * np.log(1.0 - x[first:last]))
            x[first:last] = radius * np.cos(2.0 * np.pi * splitmix(n + first, n + last, seed))
    return x.reshape(shape_of(kind, n))


def to_int32(x):
    return np.floor((x - 0.5) * 2.0**32).astype(np.int32)


def sorted_places(y):
    n = len(y)
    return [y[0], y[n // 3], y[n // 2], y[n - 1]]


def row_places(y, i):
    row, column = divmod(i, y.shape[1])
    return [y[row, column], y[row, 0]]


def factor(dtype, shape):
    return ((np.arange(np.prod(shape)) * 7919 % 1009) / 1009 - 0.5).reshape(shape).astype(dtype)


def chain(a):
    for _ in range(10):
        a = np.sqrt(a) + np.sin(a)
    return a


def moments(x):
    a = np.sqrt(x) + np.sin(x)
    return np.mean(a), np.std(a), np.max(a)


def softmax(x):
    powers = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return powers / np.sum(powers, axis=-1, keepdims=True)


def layer_norm(x, weight, bias):
    centred = x - np.mean(x, axis=-1, keepdims=True)
    return centred / np.sqrt(np.var(x, axis=-1, keepdims=True) + np.float32(1e-5)) * weight + bias


def table(x):
    transposed = np.ascontiguousarray(x.T)
    return x[:10, 5].copy(), np.sum(x, axis=0), np.sum(x, axis=1), transposed, np.mean(x), np.std(x)


def linalg(work, x):
    """What is timed, and what of the result is checked."""
    turned = np.swapaxes(x, -1, -2)
    if work in ("solve", "cholesky"):
        a = x + turned + 2.0 * x.shape[-1] * np.eye(x.shape[-1])
    else:
        a = x + turned if work == "eigh" else x
    b = np.sum(a, axis=-1, keepdims=True)
    return {
        "solve": (lambda: np.linalg.solve(a, b), lambda y: [np.sum(y)]),
        "cholesky": (lambda: np.linalg.cholesky(a), lambda y: [np.sum(y * y)]),
        "qr": (lambda: np.linalg.qr(a), lambda y: [np.sum(y[1] * y[1])]),
        "svd": (lambda: np.linalg.svd(a), lambda y: [np.sum(y[1] * y[1])]),
        "eigh": (lambda: np.linalg.eigh(a), lambda y: [np.sum(y[0])]),
    }[work]


class Peer:
    def __init__(self):
        self.x = None
        self.index = None
        self.original = 0.0

    def run(self, work, *words):
        """Times the work alone; what the benchmark checks is taken from its result afterwards."""
        x, i = self.x, self.index
        if work.endswith("_generated"):
            generator, n = np.random.default_rng(int(words[0])), int(words[1])
        if work.startswith("sort_"):
            x = to_int32(x) if work == "sort_int32" else x - 0.5
        if work in ("softmax", "layer_norm"):
            x = x.astype(np.float32)
            weight = np.arange(x.shape[-1], dtype=np.float32) / np.float32(x.shape[-1]) + np.float32(0.5)
            bias = weight - np.float32(1)
        if work == "matmul":
            batch, m, k, n = (int(d) for d in words[1:])
            a, b = x.reshape(batch, m, k).astype(words[0]), factor(words[0], (batch, k, n))
            a, b = (a[0], b[0]) if batch == 1 else (a, b)
        works = {
            "matmul": (lambda: a @ b, lambda y: y.reshape(-1, n)[i // k, [0, n - 1]]),
            "sqrt_sin": (lambda: np.sqrt(x) + np.sin(x), lambda y: [y[i]]),
            "sum": (lambda: np.sum(x), lambda y: [y]),
            "sum_sqrt_sin": (lambda: np.sum(np.sqrt(x) + np.sin(x)), lambda y: [y]),
            "mean_sqrt": (lambda: np.mean(np.sqrt(x)), lambda y: [y]),
            "chain": (lambda: np.mean(chain(x)), lambda y: [y]),
            "chain_generated": (lambda: np.mean(chain(generator.random(n))), lambda y: [y]),
            "moments": (lambda: moments(x), list),
            "moments_generated": (lambda: moments(generator.random(n)), list),
            "uniform_float32_generated": (lambda: np.mean(generator.random(n, dtype=np.float32)), lambda y: [y]),
            "uniform_float64_generated": (lambda: np.mean(generator.random(n)), lambda y: [y]),
            "normal_float32_generated": (lambda: np.mean(generator.standard_normal(n, dtype=np.float32)), lambda y: [y]),
            "normal_float64_generated": (lambda: np.mean(generator.standard_normal(n)), lambda y: [y]),
            "integers_generated": (lambda: np.mean(generator.integers(0, 1000, n)), lambda y: [y]),
            "sum_axis0": (lambda: np.sum(x, axis=0), lambda y: [y[i % x.shape[1]]]),
            "sum_axis1": (lambda: np.sum(x, axis=1), lambda y: [y[i // x.shape[1]]]),
            "cumsum": (lambda: np.cumsum(x), lambda y: [y[-1]]),
            "sort_float64": (lambda: np.sort(x), sorted_places),
            "sort_int32": (lambda: np.sort(x), sorted_places),
            "softmax": (lambda: softmax(x), lambda y: row_places(y, i)),
            "layer_norm": (lambda: layer_norm(x, weight, bias), lambda y: row_places(y, i)),
            "table": (
                lambda: table(x),
                lambda y: [
                    np.sum(y[0]),
                    y[1][i % x.shape[1]],
                    y[2][i // x.shape[1]],
                    y[3][i % x.shape[1], i // x.shape[1]],
                    y[4],
                    y[5],
                ],
            ),
        }
        compute, observe = linalg(work[7:], x) if work.startswith("linalg_") else works[work]
        start = time.perf_counter()
        result = compute()
        seconds = time.perf_counter() - start
        return " ".join(repr(float(v)) for v in [seconds, *observe(result)])

    def answer(self, command, *words):
        if command == "version":
            return np.__version__
        if command == "write":
            path, kind, n, seed = words[0], words[1], int(words[2]), int(words[3])
            generator = np.random.default_rng(seed)
            draw = generator.standard_normal if kind.startswith("normal") else generator.random
            np.save(path, draw(shape_of(kind, n)))
            return "ok"
        if command == "open":
            self.x = self.index = None
            if words[0] == "file":
                self.x = np.load(words[1], mmap_mode="r")
            else:
                self.x = numbers(words[1], int(words[2]), int(words[3]))
            return "ok"
        if command == "change":
            if self.x.flags.writeable:
                flat = self.x.reshape(-1)
                if self.index is not None:
                    flat[self.index] = self.original
                self.original = float(flat[int(words[0])])
                flat[int(words[0])] = float(words[1])
            self.index = int(words[0])
            return "ok"
        if command == "run":
            return self.run(*words)
        return "error: unknown command " + command


def main():
    peer = Peer()
    for line in sys.stdin:
        try:
            reply = peer.answer(*line.split())
        except Exception as problem:
            reply = "error: " + " ".join(str(problem).split())
        print(reply, flush=True)


main()
