#!/usr/bin/env python3
"""Prints the constants and polynomial coefficients used in kernels/math, derived from nothing but mpmath.

    pip install mpmath && python3 kernels/math/coefficients.py [name ...]

A polynomial is the weighted minimax fit of a function over an interval (Remez exchange in 60 digits). Its coefficients are
rounded: the lowest ones one by one, with the rest fitted again after each, then all others. Printed beside a name is the
largest weighted error that is left, in units of the result's last place at its worst point.
"""
import functools
import sys
import mpmath as mp

mp.mp.dps = 60


def round_to(value, bits):
    """The nearest number with that many significant bits."""
    if value == 0:
        return mp.mpf(0)
    exponent = mp.floor(mp.log(abs(value), 2)) + 1 - bits
    return mp.nint(value * mp.mpf(2) ** -exponent) * mp.mpf(2) ** exponent


def hex_float(value, bits):
    suffix = "f" if bits <= 24 else ""
    return float(value).hex().replace("0000000p", "p") + suffix


def remez(f, weight, low, high, count, first, crowd=1):
    """Coefficients a[first:] of the polynomial of count terms minimising the largest |weight * (f - p)|.

    A weight that falls by many powers of ten crowds the extrema of the error at the low end; so does `crowd` the points."""
    terms = count - first

    def at(share):
        return low + (high - low) * share ** crowd

    nodes = [at((1 - mp.cos(mp.pi * (2 * i + 1) / (2 * terms + 2))) / 2) for i in range(terms + 1)]
    for _ in range(6 if crowd == 1 else 12):
        a = mp.matrix(terms + 1, terms + 1)
        b = mp.matrix(terms + 1, 1)
        for i, x in enumerate(nodes):
            for j in range(terms):
                a[i, j] = x ** (first + j)
            a[i, terms] = (-1) ** i / weight(x)
            b[i] = f(x)
        solution = mp.lu_solve(a, b)
        coefs = [solution[j] for j in range(terms)]

        def error(x):
            return weight(x) * (f(x) - sum(c * x ** (first + j) for j, c in enumerate(coefs)))

        grid = [at(mp.mpf(i) / (30 * terms)) for i in range(30 * terms + 1)]
        values = [error(x) for x in grid]
        extrema = []
        for i, v in enumerate(values):
            left = values[i - 1] if i else mp.mpf(0)
            right = values[i + 1] if i + 1 < len(values) else mp.mpf(0)
            if abs(v) >= abs(left) and abs(v) >= abs(right):
                if extrema and (v > 0) == (error(extrema[-1]) > 0):
                    if abs(v) > abs(error(extrema[-1])):
                        extrema[-1] = grid[i]
                else:
                    extrema.append(grid[i])
        if len(extrema) < terms + 1:
            break
        while len(extrema) > terms + 1:
            extrema.pop(0 if abs(error(extrema[0])) < abs(error(extrema[-1])) else -1)
        nodes = extrema
    return coefs, max(abs(v) for v in values)


def polynomial(name, f, weight, low, high, count, bits, ulp, settled=3, crowd=1):
    """Fit f with count terms, the first `settled` rounded one by one; a weighted error of `ulp` is one last place."""
    fixed = []
    for first in range(settled):
        coefs, _ = remez(lambda x: f(x) - sum(c * x ** j for j, c in enumerate(fixed)), weight, low, high, count, first, crowd)
        fixed.append(round_to(coefs[0], bits))
    fixed += [round_to(c, bits) for c in coefs[1:]]
    grid = [low + (high - low) * (mp.mpf(i) / 400) ** crowd for i in range(401)]
    error = max(abs(weight(x) * (f(x) - sum(c * x ** j for j, c in enumerate(fixed)))) for x in grid)
    print(f"{name}: {mp.nstr(error / ulp, 3)} ulp")
    for c in fixed:
        print("   ", hex_float(c, bits))


def split(name, value, *widths):
    """value as a sum of pieces of the given widths in bits; the last one is rounded to nearest."""
    print(name)
    for width in widths:
        piece = round_to(value, width)
        print("   ", hex_float(piece, 24 if len(widths) and widths[-1] == 24 else 53))
        value -= piece


def sin_tail(straight, meeting):
    """(straight - sin(r) / r) / t - 1 with t = r^2 / 8 - meeting, and the weight of its error in sin(r)."""
    def tail(t):
        s = 8 * (t + meeting)
        return straight - (mp.sin(mp.sqrt(s)) / mp.sqrt(s) if s > mp.mpf(10) ** -20 else 1 - s / 6)

    slope = mp.diff(tail, mp.mpf(0))

    def weight(t):
        s = 8 * (t + meeting)
        return max(abs(t), mp.mpf("0.003")) * (mp.sqrt(s) if s > 0.01 else mp.mpf("0.1"))

    return (lambda t: (tail(t) / t if abs(t) > mp.mpf(10) ** -12 else slope) - 1), weight


def exp_tail(r):
    """(exp(r) - 1 - r) / r^2."""
    if abs(r) < mp.mpf(10) ** -8:
        return mp.mpf(1) / 2 + r / 6 + r * r / 24
    return (mp.exp(r) - 1 - r) / (r * r)


def log_tail(z):
    """(log((1 + s) / (1 - s)) / s - 2) / z with z = s * s."""
    if z < mp.mpf(10) ** -8:
        return mp.mpf(2) / 3 + 2 * z / 5 + 2 * z * z / 7
    s = mp.sqrt(z)
    return (2 * mp.atanh(s) / s - 2) / z


def log_tail2(z):
    """(log_tail(z) - 2/3) / z."""
    if z < mp.mpf(10) ** -8:
        return mp.mpf(2) / 5 + 2 * z / 7 + 2 * z * z / 9
    return (log_tail(z) - mp.mpf(2) / 3) / z


def make_sin():
    split("pi for sin f64", mp.pi, 53, 33, 53)
    first = mp.floor(mp.pi * 2 ** 22) / 2 ** 22  # rounded down, so that the second piece is positive
    print("pi for sin f32, first piece", hex_float(first, 24))
    split("its rest", mp.pi - first, 11, 24)
    split("pi for sinpi f64", mp.pi, 53, 53)
    split("pi for sinpi f32", mp.pi, 24, 24)
    print("1/pi", hex_float(1 / mp.pi, 53), hex_float(round_to(1 / mp.pi, 24), 24))
    # The straight part is one of the numbers near 3/4 that meet sin(r) / r next to a representable r^2 / 8: of a
    # hundred of those (f64) the one whose errors, measured, were least.
    for name, straight, count, bits in (("sin f64", "0x1.800000000037bp-1", 8, 53), ("sin f32", "0x1.7ffff2p-1", 5, 24)):
        straight = mp.mpf(float.fromhex(straight))
        exact = mp.findroot(lambda r: mp.sin(r) / r - straight, 1.2757) ** 2 / 8
        meeting = round_to(exact, bits)
        print("meeting of", name, hex_float(meeting, bits), "off by", mp.nstr((meeting - exact) / exact, 3))
        f, weight = sin_tail(straight, meeting)
        top = (mp.pi / 2) ** 2 * mp.mpf("1.0001") / 8 - meeting
        polynomial(name, f, weight, -meeting, top, count, bits, mp.mpf(2) ** -bits)
        slope = round_to(32 / mp.pi ** 2, 24)
        one = round_to(1 - slope * meeting, bits)  # so that cos(0) is 1: the excess may outweigh the error of r by far
        print("cos(r) from t:", hex_float(-slope, 24), hex_float(one, bits))
    mp.mp.dps = 420
    bits = int(mp.floor(1 / mp.pi * mp.mpf(2) ** 1280))
    print("1/pi, 20 words of 64 bits, highest first")
    for i in range(20):
        print("    0x%016x" % ((bits >> (64 * (19 - i))) & (2 ** 64 - 1)))
    mp.mp.dps = 60


def make_exp():
    split("ln2 for exp f64", mp.log(2), 53, 53)
    split("ln2 for exp f32", mp.log(2), 24, 24)
    print("1/ln2", hex_float(1 / mp.log(2), 53), hex_float(round_to(1 / mp.log(2), 24), 24))
    half = mp.log(2) / 2 * mp.mpf("1.0001")
    weight = lambda r: (r * r + mp.mpf("0.01")) * mp.exp(-r)
    polynomial("exp f64", exp_tail, weight, -half, half, 10, 53, mp.mpf(2) ** -53)
    polynomial("exp f64, 11 terms", exp_tail, weight, -half, half, 11, 53, mp.mpf(2) ** -53)
    polynomial("exp f32", exp_tail, weight, -half, half, 5, 24, mp.mpf(2) ** -24)
    polynomial("exp f32 in f64 (pow)", exp_tail, weight, -half, half, 6, 53, mp.mpf(2) ** -24)
    for bits in (53, 24):
        split(f"ln2 for exp2 f{bits}", mp.log(2), bits, bits)
        split(f"log10(2) for exp10 f{bits}", mp.log10(2), bits, bits)
        split(f"ln10 for exp10 f{bits}", mp.log(10), bits, bits)
        print("log2(10)", hex_float(round_to(mp.log(10, 2), bits), bits))


def make_log():
    split("ln2 for log f64", mp.log(2), 42, 53)
    split("ln2 for log f32", mp.log(2), 16, 24)
    top = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mp.mpf("1.001")
    weight = lambda z: z * mp.sqrt(z) if z > 0.0001 else mp.mpf("0.000001")
    polynomial("log f64", log_tail, weight, mp.mpf(0), top, 7, 53, mp.mpf(2) ** -54)
    polynomial("log f32", log_tail, weight, mp.mpf(0), top, 3, 24, mp.mpf(2) ** -25)
    weight2 = lambda z: z * z * mp.sqrt(z) if z > 0.0001 else mp.mpf("0.00000001")
    polynomial("log f64 beyond 2/3 (pow)", log_tail2, weight2, mp.mpf(0), top, 7, 53, mp.mpf(2) ** -64)
    polynomial("log f32 in f64 (pow)", log_tail, weight, mp.mpf(0), top, 5, 53, mp.mpf(2) ** -35)
    split("2/3", mp.mpf(2) / 3, 53, 53)
    split("ln2 for pow", mp.log(2), 42, 53, 53)
    for bits, upper in ((53, 42), (24, 16)):
        split(f"log2(e) for log2 f{bits}", 1 / mp.log(2), bits, bits)
        split(f"log10(e) for log10 f{bits}", mp.log10(mp.e), bits, bits)
        split(f"log10(2) for log10 f{bits}", mp.log10(2), upper, bits)


def make_roots():
    low, high = mp.sqrt(2) / 2 * mp.mpf("0.9999"), mp.sqrt(2) * mp.mpf("1.0001")
    inverse_root = lambda m: m ** (-mp.mpf(1) / 3)
    weight = lambda m: m ** (mp.mpf(1) / 3)  # of the relative error
    polynomial("inverse cube root f64", inverse_root, weight, low, high, 6, 53, mp.mpf(2) ** -14)
    polynomial("inverse cube root f32", inverse_root, weight, low, high, 4, 24, mp.mpf(2) ** -9)
    for bits in (53, 24):
        print("cube roots of 1/2 and 2", hex_float(round_to(mp.cbrt(0.5), bits), bits),
              hex_float(round_to(mp.cbrt(2), bits), bits))


def make_logaddexp():
    print("sqrt(2) - 1", hex_float(mp.sqrt(2) - 1, 53))
    mp.mp.dps = 100
    bits = int(mp.nint(mp.log(2) * mp.mpf(2) ** 192))
    print("ln2, 3 words of 64 bits, lowest first")
    for i in range(3):
        print("    0x%016x" % ((bits >> (64 * i)) & (2 ** 64 - 1)))
    mp.mp.dps = 60


def near_zero(tail, *series):
    """tail(z), and below 1e-8, where it cancels, its own power series."""
    return lambda z: tail(z) if z > mp.mpf(10) ** -8 else sum(c * z ** k for k, c in enumerate(series))


def fact(n):
    return mp.factorial(n)


def make_tan():
    split("pi/2 for tan f64", mp.pi / 2, 53, 33, 53)
    top = (mp.pi / 4) ** 2 * mp.mpf("1.0001")
    tail = near_zero(lambda z: (mp.tan(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, mp.mpf(1) / 3, mp.mpf(2) / 15, mp.mpf(17) / 315)
    weight = lambda z: max(z, mp.mpf("0.001")) / (tail(z) * z + 1)
    polynomial("tan f64", tail, weight, mp.mpf(0), top, 14, 53, mp.mpf(2) ** -53, settled=2)
    polynomial("tan f32", tail, weight, mp.mpf(0), top, 7, 24, mp.mpf(2) ** -24, settled=1)


def make_asin():
    split("pi/2 f64", mp.pi / 2, 53, 53)
    split("pi/2 f32", mp.pi / 2, 24, 24)
    tail = near_zero(lambda z: (mp.asin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, mp.mpf(1) / 6, mp.mpf(3) / 40, mp.mpf(15) / 336)
    weight = lambda z: max(z, mp.mpf("0.0001"))
    for name, count, bits in (("f64", 12, 53), ("f32", 5, 24)):
        polynomial("asin " + name, tail, weight, mp.mpf(0), mp.mpf("0.25001"), count, bits, mp.mpf(2) ** -bits)


def make_atan():
    split("pi/4 for atan f64", mp.pi / 4, 50, 53)
    split("pi/4 for atan f32", mp.pi / 4, 21, 24)
    print("tan(pi/8)", hex_float(round_to(mp.tan(mp.pi / 8), 24), 24))
    tail = near_zero(lambda z: (mp.atan(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, -mp.mpf(1) / 3, mp.mpf(1) / 5, -mp.mpf(1) / 7)
    weight = lambda z: max(z, mp.mpf("0.0001"))
    top = mp.tan(mp.pi / 8) ** 2 * mp.mpf("1.0001")
    for name, count, bits in (("f64", 11, 53), ("f32", 5, 24)):
        polynomial("atan2 " + name, tail, weight, mp.mpf(0), top, count, bits, mp.mpf(2) ** -bits)
    for name, count, bits in (("f64", 12, 53), ("f32", 5, 24)):
        polynomial("atan " + name, tail, weight, mp.mpf(0), mp.mpf("0.25001"), count, bits, mp.mpf(2) ** -bits)


def make_tanh():
    tail = near_zero(lambda z: (mp.tanh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, -mp.mpf(1) / 3, mp.mpf(2) / 15, -mp.mpf(17) / 315)
    weight = lambda z: max(z, mp.mpf("0.001")) / (tail(z) * z + 1)
    polynomial("tanh f32 below 1", tail, weight, mp.mpf(0), mp.mpf("1.0001"), 7, 24, mp.mpf(2) ** -24, settled=1)
    half = mp.log(2) / 2 * mp.mpf("1.0001")
    weight = lambda r: r * r / abs(mp.expm1(r)) if abs(r) > mp.mpf("0.01") else mp.mpf("0.01")
    for name, count, bits in (("f64", 10, 53), ("f32", 5, 24)):
        polynomial("exp(r) - 1 " + name, exp_tail, weight, -half, half, count, bits, mp.mpf(2) ** -bits, settled=1)


def make_fast():
    for bits, second in ((53, "0x1.1a62633145c06p-53"), (24, "0x1.4442d0p-23")):  # rounded down: fast_reduce
        first = round_to(mp.pi, 53) if bits == 53 else mp.floor(mp.pi * 2 ** 22) / 2 ** 22
        rest = mp.pi - first - mp.mpf(float.fromhex(second))
        print(f"pi for fast sin f{bits}", hex_float(first, bits), second, hex_float(round_to(rest, bits), bits))
    top = (mp.pi / 2) ** 2 * mp.mpf("1.0001")
    tail = near_zero(lambda z: (mp.sin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, -1 / fact(3), 1 / fact(5), -1 / fact(7))
    weight = lambda z: max(z, mp.mpf("0.001")) / (tail(z) * z + 1)
    for name, count, bits in (("f64", 7, 53), ("f32", 4, 24)):
        polynomial("fast sin " + name, tail, weight, mp.mpf(0), top, count, bits, mp.mpf(2) ** -bits, settled=1)
    top = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mp.mpf("1.001")
    polynomial("fast log f64", log_tail, lambda z: max(z, mp.mpf("0.0001")) / 2, mp.mpf(0), top, 7, 53, mp.mpf(2) ** -53, settled=1)
    low, high = mp.sqrt(mp.mpf(1) / 2) * mp.mpf("0.9999") - 1, mp.sqrt(2) * mp.mpf("1.0001") - 1
    direct = lambda f: (mp.log(1 + f) - f) / f ** 2 if abs(f) > mp.mpf(10) ** -8 else -mp.mpf(1) / 2 + f / 3 - f * f / 4
    weight = lambda f: max(abs(f), mp.mpf("0.01")) * abs(f) / abs(mp.log(1 + f)) if abs(f) > mp.mpf(10) ** -8 else mp.mpf("0.01")
    polynomial("fast log f32", direct, weight, low, high, 8, 24, mp.mpf(2) ** -24, settled=1)


def make_erf():
    straight = 2 / mp.sqrt(mp.pi)
    split("2/sqrt(pi) f64", straight, 53, 53)
    split("2/sqrt(pi) f32", straight, 24, 24)
    for bits in (53, 24):
        split(f"sqrt(2/pi) / 2 for gelu f{bits}", mp.sqrt(2 / mp.pi) / 2, bits, bits)
        split(f"1/sqrt(2) for gelu f{bits}", 1 / mp.sqrt(2), bits, bits)
    tail = near_zero(lambda z: (mp.erf(mp.sqrt(z)) / mp.sqrt(z) - straight) / z, -straight / 3, straight / 10)
    weight = lambda z: max(z, mp.mpf("0.001"))
    for top, square, counts in (("0.5", "0.250025", (9, 4)), ("0.75", "0.5626", (10, 5))):
        for name, count, bits in (("f64", counts[0], 53), ("f32", counts[1], 24)):
            polynomial(f"erf(x), x < {top}, " + name, tail, weight, mp.mpf(0), mp.mpf(square), count, bits,
                       mp.mpf(2) ** -bits)

    start, pole = mp.mpf("1.5"), 5
    rest = lambda x: -mp.log(mp.erfc(x)) - x * x
    small = lambda x: mp.erfc(x) / mp.erf(x)
    low = mp.mpf("0.7499")
    at = lambda t: (start + pole * t) / (1 - t)  # t = (x - start) / (x + pole)
    polynomial("-log(erfc(x)) - x^2 f64", lambda t: rest(at(t)), lambda t: small(at(t)), (low - start) / (low + pole),
               mp.mpf("4.5001") / mp.mpf("11.0001"), 17, 53, mp.mpf(2) ** -53, crowd=2)
    polynomial("-log(erfc(x)) - x^2 f32", lambda t: rest(start + t), lambda t: small(start + t), low - start, mp.mpf("2.45"),
               8, 24, mp.mpf(2) ** -24, crowd=2)

    def scaled(w):
        x = 1 / w - 2
        return (x + 2) * mp.exp(x * x) * mp.erfc(x)

    high = 1 / mp.mpf("2.5") * mp.mpf("1.0001")
    for name, last, count, bits in (("f64", 28, 23, 53), ("f32", 11, 11, 24)):
        low = 1 / mp.mpf(last + 2)
        middle = round_to((low + high) / 2, 10)
        at_middle, slope = scaled(middle), mp.diff(scaled, middle)
        print("middle", hex_float(middle, bits))
        split("erfc there " + name, at_middle, bits, bits)
        polynomial("erfc(x) exp(x^2) (x + 2) beyond, " + name,
                   lambda u: (scaled(middle + u) - at_middle) / u if abs(u) > mp.mpf(10) ** -20 else slope,
                   lambda u: max(abs(u), mp.mpf("0.001")) / scaled(middle + u), low - middle, high - middle, count, bits,
                   mp.mpf(2) ** -bits)


def make_gamma():
    half_log = mp.log(2 * mp.pi) / 2

    def stirling(v):
        """z (lgamma(z) - (z - 1/2) log z + z - log(2 pi) / 2) with v = 1 / z^2."""
        if v < mp.mpf(10) ** -6:
            return mp.mpf(1) / 12 - v / 360 + v ** 2 / 1260 - v ** 3 / 1680 + v ** 4 / 1188 - v ** 5 * 691 / 360360
        z = 1 / mp.sqrt(v)
        return z * (mp.loggamma(z) - (z - mp.mpf(1) / 2) * mp.log(z) + z - half_log)

    def psi_tail(v):
        """(log z - 1 / (2 z) - digamma(z)) z^2 with v = 1 / z^2."""
        if v < mp.mpf(10) ** -6:
            return mp.mpf(1) / 12 - v / 120 + v ** 2 / 252 - v ** 3 / 240 + v ** 4 / 132 - v ** 5 * 691 / 32760
        z = 1 / mp.sqrt(v)
        return z * z * (mp.log(z) - 1 / (2 * z) - mp.digamma(z))
    top = mp.mpf(1) / 64
    polynomial("Stirling's series", stirling, lambda v: max(mp.sqrt(v), mp.mpf("0.001")), mp.mpf(0), top, 8, 53, mp.mpf(2) ** -60)
    polynomial("digamma's series", psi_tail, lambda v: max(v, mp.mpf("0.0001")), mp.mpf(0), top, 8, 53, mp.mpf(2) ** -60)
    split("log(2 pi) / 2 - 1/2", half_log - mp.mpf(1) / 2, 53, 53)
    near = mp.mpf(1) / 16 * mp.mpf("1.001")
    for name, at, slope in (("1", 1, -mp.euler), ("2", 2, 1 - mp.euler)):
        split("slope of lgamma at " + name, slope, 53, 53)
        second = mp.diff(mp.loggamma, at, 2) / 2
        def rest(t, at=at, slope=slope, second=second):
            if abs(t) < mp.mpf(10) ** -15:
                return second
            return (mp.loggamma(at + t) / t - slope) / t
        polynomial("lgamma near " + name, rest, lambda t: max(abs(t), mp.mpf("0.02")) / abs(slope), -near, near * mp.mpf("1.01"), 11, 53, mp.mpf(2) ** -53)
    near = near / 2
    zero = mp.findroot(mp.digamma, mp.mpf("1.46"))
    split("zero of digamma", zero, 53, 53)
    first = mp.diff(mp.digamma, zero)
    split("slope there", first, 53, 53)
    second = mp.diff(mp.digamma, zero, 2) / 2
    polynomial("digamma near its zero", lambda t: (mp.digamma(zero + t) / t - first) / t if abs(t) > mp.mpf(10) ** -15 else second,
               lambda t: max(abs(t), mp.mpf("0.001")) / first, -near, near, 11, 53, mp.mpf(2) ** -53)


def make_erfinv():
    @functools.cache
    def inverse(w):
        """y > 0 with 1 - erf(y)^2 = exp(-w), by Halley's steps on erfc."""
        wanted = mp.exp(-w) / (1 + mp.sqrt(-mp.expm1(-w)))
        y = mp.sqrt(w) * mp.mpf("0.9")
        for _ in range(50):
            step = (mp.erfc(y) - wanted) / (-2 / mp.sqrt(mp.pi) * mp.exp(-y * y))
            if abs(y * step) < 0.5:
                step /= 1 + y * step
            y -= step
            if abs(step) < y * mp.mpf(10) ** (5 - mp.mp.dps):
                return y
        return y

    mp.mp.dps = 40
    near = lambda w: inverse(w) / mp.sqrt(-mp.expm1(-w)) if w > mp.mpf(10) ** -12 else mp.sqrt(mp.pi) / 2
    far = lambda s: inverse(s * s) / s
    for name, f, low, middle, high, count, limit in (("x in w = -log(1 - x^2), f64", near, "0", 2, "6.2501", 24, 53),
                                                     ("sqrt(w) in sqrt(w), f64", far, "2.4999", 3.25, "4.0001", 18, 53),
                                                     ("sqrt(w) in sqrt(w) beyond 4, f64", far, "3.9999", 5, "6.0601", 17, 53),
                                                     ("x in w, f32", near, "0", 2, "6.2501", 11, 24),
                                                     ("sqrt(w) in sqrt(w), f32", far, "2.4999", 3.25, "4.0001", 7, 24)):
        low, middle, high = mp.mpf(low), mp.mpf(middle), mp.mpf(high)
        at_middle, slope = f(middle), mp.diff(f, middle)
        print("middle", hex_float(middle, 53))
        split("erfinv(x) / " + name, at_middle, 53, 53)
        polynomial("slope to there", lambda t: (f(middle + t) - at_middle) / t if abs(t) > mp.mpf(10) ** -12 else slope,
                   lambda t: max(abs(t), mp.mpf("0.01")) / f(middle + t), low - middle, high - middle, count, 53,
                   mp.mpf(2) ** -limit, settled=1)
    mp.mp.dps = 60


def make_i0():
    mp.mp.dps = 40
    near = lambda t: mp.besseli(0, 2 * mp.sqrt(t))
    far = lambda u: mp.besseli(0, 1 / u) * mp.exp(-1 / u) / mp.sqrt(u) if u > 0 else 1 / mp.sqrt(2 * mp.pi)
    for name, nears, fars, top, limit in (("f64", 15, 23, 720, 53), ("f32", 8, 9, 100, 24)):
        polynomial("(i0(x) - 1 - t - t^2 / 4) / t^3 for t = x^2 / 4, " + name,
                   lambda t: (near(t) - 1 - t - t * t / 4) / t ** 3 if t > mp.mpf(10) ** -6 else mp.mpf(1) / 36 + t / 576 + t ** 2 / 14400,
                   lambda t: max(t, mp.mpf("0.05")) ** 3 / near(t), mp.mpf(0), mp.mpf("20.2501"), nears, 53, mp.mpf(2) ** -limit)
        polynomial("i0(x) exp(-x) sqrt(x) in 1 / x, " + name, far, lambda u: 1 / far(u), 1 / mp.mpf(top), 1 / mp.mpf("8.9999"), fars,
                   53, mp.mpf(2) ** -limit)
    mp.mp.dps = 60


MAKERS = {"sin": make_sin, "exp": make_exp, "log": make_log, "tan": make_tan, "asin": make_asin, "atan": make_atan,
          "tanh": make_tanh, "fast": make_fast, "erf": make_erf, "erfinv": make_erfinv, "i0": make_i0, "gamma": make_gamma, "roots": make_roots, "logaddexp": make_logaddexp}

if __name__ == "__main__":
    for key in sys.argv[1:] or MAKERS:
        MAKERS[key]()
