#include <strata/proofs/circuit/sha256.hpp>

namespace strata::proofs {
namespace {

// FIPS 180-4 §4.2.2 and §5.3.3.
constexpr std::array<std::uint32_t, 64> kRoundConstants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
constexpr std::array<std::uint32_t, 8> kInitial = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

using State = std::array<Word, 8>;

/// Returns a ? b : c, with the row a·(b - c) = result - c. The order of the tests, and that a = 1 is not folded, are
/// part of the circuit (docs/protocol/proofs.md §10).
template <class Cs>
Boolean choose(Cs& cs, const Boolean& a, const Boolean& b, const Boolean& c) {
    const bool value = a.value ? b.value : c.value;
    if (a.is_constant() && b.is_constant() && c.is_constant()) return Boolean::constant(value);
    if (a.is(false)) return c;
    if (b.is(false)) return conjunction(cs, !a, c);
    if (c.is(false)) return conjunction(cs, a, b);
    if (c.is(true)) return !conjunction(cs, a, !b);
    if (b.is(true)) return !conjunction(cs, !a, !c);
    const auto chosen = alloc_unchecked_bit(cs, value);
    if constexpr (Cs::kHasRows)
        cs.enforce(BooleanSum().add(b).subtract(c), BooleanSum().add(a), BooleanSum().add(chosen).subtract(c));
    return chosen;
}

/// Returns the value that at least two of the three have. With bc = b·c, the last row is (2bc - b - c)·a = bc - most:
/// `most` is bc if a is 0, and b + c - bc, which is b OR c, if a is 1.
template <class Cs>
Boolean majority(Cs& cs, const Boolean& a, const Boolean& b, const Boolean& c) {
    const bool value = a.value ? (b.value || c.value) : (b.value && c.value);
    if (a.is_constant() && b.is_constant() && c.is_constant()) return Boolean::constant(value);
    if (a.is(false)) return conjunction(cs, b, c);
    if (b.is(false)) return conjunction(cs, a, c);
    if (c.is(false)) return conjunction(cs, a, b);
    if (c.is(true)) return !conjunction(cs, !a, !b);
    if (b.is(true)) return !conjunction(cs, !a, !c);
    if (a.is(true)) return !conjunction(cs, !b, !c);
    const auto most = alloc_unchecked_bit(cs, value);
    const auto both = conjunction(cs, b, c);
    if constexpr (Cs::kHasRows)
        cs.enforce(BooleanSum().add(both, 1).subtract(b).subtract(c), BooleanSum().add(a),
                   BooleanSum().add(both).subtract(most));
    return most;
}

template <class Cs, class Gate>
Word map_words(Cs& cs, const Word& a, const Word& b, const Word& c, Gate gate) {
    Word out;
    for (unsigned i = 0; i < 32; ++i) out.bits[i] = gate(cs, a.bits[i], b.bits[i], c.bits[i]);
    return out;
}

/// Holds the a or e of the next round as operands that are summed only when the word is used. After the last round the
/// chaining value joins them, so that one addition is saved, as in the reference.
class DeferredWord {
  public:
    explicit DeferredWord(const Word& known) : words_{known}, count_(1) {}
    DeferredWord(std::initializer_list<const Word*> operands) {
        for (const auto* word : operands) words_[count_++] = *word;
    }
    template <class Cs>
    Word sum(JoinedEqualities<Cs>& equalities, const Word* last = nullptr) const {
        if (count_ == 1) return words_[0];
        std::array<const Word*, 8> operands;
        std::size_t count = 0;
        for (; count < count_; ++count) operands[count] = &words_[count];
        if (last != nullptr) operands[count++] = last;
        return add_words(equalities, std::span(operands).first(count));
    }

  private:
    std::array<Word, 7> words_;
    std::size_t count_ = 0;
};

template <class Cs>
Word triple_xor(Cs& cs, const Word& x, const Word& y, const Word& z) {
    return exclusive_or(cs, exclusive_or(cs, x, y), z);
}

/// Computes the message schedule (FIPS 180-4 §6.2.2, step 1).
template <class Cs>
std::array<Word, 64> expand(JoinedEqualities<Cs>& equalities, std::span<const Boolean> block) {
    auto& cs = equalities.system();
    std::array<Word, 64> w;
    for (unsigned i = 0; i < 16; ++i)
        for (unsigned j = 0; j < 32; ++j) w[i].bits[31 - j] = block[32 * i + j];
    for (unsigned i = 16; i < 64; ++i) {
        const Word& x = w[i - 15];
        const Word& y = w[i - 2];
        const Word s0 = triple_xor(cs, x.rotated_right(7), x.rotated_right(18), x.shifted_right(3));
        const Word s1 = triple_xor(cs, y.rotated_right(17), y.rotated_right(19), y.shifted_right(10));
        const std::array<const Word*, 4> operands{&w[i - 16], &s0, &w[i - 7], &s1};
        w[i] = add_words(equalities, std::span<const Word* const>(operands));
    }
    return w;
}

/// Runs the 64 rounds. The sum for e comes before that for a, and before the functions of e: the reference's order of
/// rows.
template <class Cs>
void compress(Cs& cs, State& state, std::span<const Boolean> block) {
    JoinedEqualities<Cs> equalities(cs);
    const auto w = expand(equalities, block);
    DeferredWord a(state[0]);
    DeferredWord e(state[4]);
    Word b = state[1], c = state[2], d = state[3], f = state[5], g = state[6], h = state[7];
    for (unsigned i = 0; i < 64; ++i) {
        const Word now_e = e.sum(equalities);
        const Word s1 = triple_xor(cs, now_e.rotated_right(6), now_e.rotated_right(11), now_e.rotated_right(25));
        const Word ch = map_words(cs, now_e, f, g, choose<Cs>);
        const Word k = Word::constant(kRoundConstants[i]);
        const Word now_a = a.sum(equalities);
        const Word s0 = triple_xor(cs, now_a.rotated_right(2), now_a.rotated_right(13), now_a.rotated_right(22));
        const Word maj = map_words(cs, now_a, b, c, majority<Cs>);
        e = {&h, &s1, &ch, &k, &w[i], &d};
        a = {&h, &s1, &ch, &k, &w[i], &s0, &maj};
        h = g;
        g = f;
        f = now_e;
        d = c;
        c = b;
        b = now_a;
    }
    const auto add = [&](const Word& x, const Word& y) {
        const std::array<const Word*, 2> operands{&x, &y};
        return add_words(equalities, std::span<const Word* const>(operands));
    };
    State next;
    next[0] = a.sum(equalities, state.data());
    next[1] = add(state[1], b);
    next[2] = add(state[2], c);
    next[3] = add(state[3], d);
    next[4] = e.sum(equalities, &state[4]);
    next[5] = add(state[5], f);
    next[6] = add(state[6], g);
    next[7] = add(state[7], h);
    equalities.flush();
    state = next;
}

/// Pads the message (FIPS 180-4 §5.1.1). Padding bits are constants, so they cost no rows where they fold.
std::vector<Boolean> padded(std::span<const Boolean> message) {
    std::vector<Boolean> out(message.begin(), message.end());
    out.push_back(Boolean::constant(true));
    while (out.size() % 512 != 448) out.push_back(Boolean::constant(false));
    const std::uint64_t length = message.size();
    for (int i = 63; i >= 0; --i) out.push_back(Boolean::constant((length >> i & 1) != 0));
    return out;
}

}  // namespace

template <class Cs>
std::vector<Boolean> sha256(Cs& cs, std::span<const Boolean> message) {
    const auto blocks = padded(message);
    State state;
    for (unsigned i = 0; i < 8; ++i) state[i] = Word::constant(kInitial[i]);
    for (std::size_t at = 0; at < blocks.size(); at += 512) compress(cs, state, std::span(blocks).subspan(at, 512));
    std::vector<Boolean> out;
    out.reserve(256);
    // A word holds its low bit first, and a digest has the high bit of each word first.
    for (const auto& word : state) out.insert(out.end(), word.bits.rbegin(), word.bits.rend());
    return out;
}

template std::vector<Boolean> sha256(ShapeSystem&, std::span<const Boolean>);
template std::vector<Boolean> sha256(WitnessSystem&, std::span<const Boolean>);

}  // namespace strata::proofs
