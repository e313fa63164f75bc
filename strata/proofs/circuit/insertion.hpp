#pragma once
// Places a running hash among its siblings at a secret position (the table of docs/protocol/proofs.md §10). Output k is
// the hash if the position is k, sibling k if the position is higher, and sibling k - 1 if it is lower. The order of
// the rows is the reference's.
#include <strata/proofs/circuit/number.hpp>

namespace strata::proofs {

template <class Cs>
Numbers insert_2(Cs& cs, Variable x, BitsView position, std::span<const Variable> siblings) {
    const auto left = pick(cs, position[0], siblings[0], x);
    const auto right = pick(cs, position[0], x, siblings[0]);
    return {left, right};
}

template <class Cs>
Numbers insert_4(Cs& cs, Variable a, BitsView position, std::span<const Variable> siblings) {
    const auto [b0, b1] = std::pair(position[0], position[1]);
    const auto b = siblings[0], c = siblings[1], d = siblings[2];
    Numbers out(4);
    auto t = pick(cs, b0, b, a);
    out[0] = pick(cs, b1, b, t);
    t = pick(cs, b0, a, b);
    out[1] = pick(cs, b1, c, t);
    t = pick(cs, b0, d, a);
    out[2] = pick(cs, b1, t, c);
    t = pick(cs, b0, a, d);
    out[3] = pick(cs, b1, t, d);
    return out;
}

/// t is what an output holds if b2 is 0 (outputs 0 to 3) or 1 (outputs 4 to 7).
template <class Cs>
Numbers insert_8(Cs& cs, Variable a, BitsView position, std::span<const Variable> siblings) {
    const auto b0 = position[0], b1 = position[1], b2 = position[2];
    const auto b = siblings[0], c = siblings[1], d = siblings[2], e = siblings[3], f = siblings[4], g = siblings[5],
               h = siblings[6];
    // Outputs 0 and 4 depend on both low bits being 0, outputs 3 and 7 on both being 1.
    const auto neither = conjunction(cs, !b0, !b1);
    const auto both = conjunction(cs, b0, b1);
    Numbers out(8);
    auto t = pick(cs, neither, a, b);
    out[0] = pick(cs, b2, b, t);
    t = pick(cs, b0, a, b);
    t = pick(cs, b1, c, t);
    out[1] = pick(cs, b2, c, t);
    t = pick(cs, b0, d, a);
    t = pick(cs, b1, t, c);
    out[2] = pick(cs, b2, d, t);
    t = pick(cs, both, a, d);
    out[3] = pick(cs, b2, e, t);
    t = pick(cs, neither, a, f);
    out[4] = pick(cs, b2, t, e);
    t = pick(cs, b0, a, f);
    t = pick(cs, b1, g, t);
    out[5] = pick(cs, b2, t, f);
    t = pick(cs, b0, h, a);
    t = pick(cs, b1, t, g);
    out[6] = pick(cs, b2, t, g);
    t = pick(cs, both, a, h);
    out[7] = pick(cs, b2, t, h);
    return out;
}

/// Returns the children of a node in order: x at the position, the siblings around it. siblings.size() + 1 is 2, 4 or
/// 8. The bits of the position come low first.
template <class Cs>
Numbers insert(Cs& cs, Variable x, BitsView position, std::span<const Variable> siblings) {
    switch (siblings.size()) {
        case 1:
            return insert_2(cs, x, position, siblings);
        case 3:
            return insert_4(cs, x, position, siblings);
        default:
            return insert_8(cs, x, position, siblings);
    }
}

}  // namespace strata::proofs
