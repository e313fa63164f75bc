#include <strata/crypto/fft.hpp>

#include <bit>

#include <strata/base/thread_pool.hpp>

namespace strata::crypto {

// A downward transform reads the array (of values, in to_coefficients) as the coefficients of a polynomial V. A pass
// over blocks of `size` elements finds in each block V modulo x^size - t². A butterfly, (low, high) → (low + t·high,
// low - t·high), leaves V modulo x^(size/2) - t in the block's first half and V modulo x^(size/2) + t in its second.
// After the last pass, element k is V at the power of the root whose exponent is k with its bits reversed. The t of
// block k is the same in every pass, so that one table of size/2 powers in bit-reversed order serves all passes.
//
// An upward transform undoes the passes in the opposite order, except for a factor of 2 in each. The product of these
// factors is the size, by which the transforms to coefficients have divided already.
namespace {

// A sub-transform of up to this many elements (256 KiB) is done pass by pass; a larger one is split into halves.
constexpr std::size_t kInCache = std::size_t{1} << 13;

/// Returns a table whose entry i is base^(i with its `log` bits reversed).
std::vector<Fr> bit_reversed_powers(Fr base, unsigned log) {
    std::vector<Fr> out(std::size_t{1} << log);
    out[0] = Fr::one();
    // Bit b of the index contributes the factor base^(2^(log-1-b)).
    std::vector<Fr> factor(log);
    for (unsigned b = log; b-- > 0; base = base.square()) factor[b] = base;
    for (unsigned b = 0; b < log; ++b) {
        const std::size_t known = std::size_t{1} << b;
        parallel_for(known, 1 << 10, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) out[known + i] = out[i] * factor[b];
        });
    }
    return out;
}

/// The butterfly of a downward pass, which leads from natural to bit-reversed order.
void butterfly_down(Fr* low, Fr* high, std::size_t begin, std::size_t end, const Fr& twiddle) {
    for (std::size_t i = begin; i < end; ++i) {
        const Fr moved = high[i] * twiddle;
        high[i] = low[i] - moved;
        low[i] += moved;
    }
}

/// The butterfly of an upward pass. It undoes a downward one with the inverse twiddle, and doubles the elements.
void butterfly_up(Fr* low, Fr* high, std::size_t begin, std::size_t end, const Fr& twiddle) {
    for (std::size_t i = begin; i < end; ++i) {
        const Fr difference = low[i] - high[i];
        low[i] += high[i];
        high[i] = difference * twiddle;
    }
}

using Butterfly = void (*)(Fr*, Fr*, std::size_t, std::size_t, const Fr&);

/// Transforms block `number` of the pass whose blocks have `size` elements, through all later passes within that block.
/// Halving large blocks first keeps each part in the cache for all of its remaining passes.
void block_down(Fr* data, std::size_t size, std::size_t number, const Fr* twiddles) {
    if (size <= kInCache) {
        std::size_t blocks = 1;
        for (std::size_t half = size / 2; half > 0; half /= 2, blocks *= 2)
            for (std::size_t k = 0; k < blocks; ++k) {
                Fr* const at = data + 2 * half * k;
                butterfly_down(at, at + half, 0, half, twiddles[number * blocks + k]);
            }
        return;
    }
    const auto half = size / 2;
    butterfly_down(data, data + half, 0, half, twiddles[number]);
    block_down(data, half, 2 * number, twiddles);
    block_down(data + half, half, 2 * number + 1, twiddles);
}

/// Does the same upwards: small blocks first, the complete block last.
void block_up(Fr* data, std::size_t size, std::size_t number, const Fr* twiddles) {
    if (size <= kInCache) {
        std::size_t blocks = size / 2;
        for (std::size_t half = 1; half < size; half *= 2, blocks /= 2)
            for (std::size_t k = 0; k < blocks; ++k) {
                Fr* const at = data + 2 * half * k;
                butterfly_up(at, at + half, 0, half, twiddles[number * blocks + k]);
            }
        return;
    }
    const auto half = size / 2;
    block_up(data, half, 2 * number, twiddles);
    block_up(data + half, half, 2 * number + 1, twiddles);
    butterfly_up(data, data + half, 0, half, twiddles[number]);
}

/// Does one pass over all blocks of `size`, with its butterflies shared out among the threads.
void pass(std::span<Fr> data, std::size_t size, const Fr* twiddles, Butterfly butterfly) {
    const auto half = size / 2;
    for (std::size_t k = 0; k < data.size() / size; ++k) {
        Fr* const at = data.data() + size * k;
        parallel_for(half, 1 << 10,
                     [&](std::size_t begin, std::size_t end) { butterfly(at, at + half, begin, end, twiddles[k]); });
    }
}

/// Returns the size of the blocks that one thread transforms alone. There are about four for each thread, so that a
/// slow thread does not hold up the rest. A small array is one block. Larger blocks are done pass by pass, shared out
/// among the threads.
std::size_t thread_block_size(std::size_t size) {
    const auto blocks = std::bit_ceil(4 * worker_threads());
    const bool is_one_block = worker_threads() == 1 || size < (std::size_t{1} << 12);
    return is_one_block ? size : std::max<std::size_t>(size / blocks, 2);
}

template <class Work>
void for_blocks(std::span<Fr> data, std::size_t size, const Work& work) {
    parallel_for(data.size() / size, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) work(data.data() + size * k, k);
    });
}

void transform_down(std::span<Fr> data, const Fr* twiddles) {
    const auto block = thread_block_size(data.size());
    for (std::size_t size = data.size(); size > block; size /= 2) pass(data, size, twiddles, butterfly_down);
    for_blocks(data, block, [&](Fr* at, std::size_t k) { block_down(at, block, k, twiddles); });
}

void transform_up(std::span<Fr> data, const Fr* twiddles) {
    const auto block = thread_block_size(data.size());
    for_blocks(data, block, [&](Fr* at, std::size_t k) { block_up(at, block, k, twiddles); });
    for (std::size_t size = 2 * block; size <= data.size(); size *= 2) pass(data, size, twiddles, butterfly_up);
}

std::size_t reversed(std::size_t i, unsigned log) {
    return log == 0 ? 0 : __builtin_bitreverse64(i) >> (64 - log);
}

}  // namespace

Fr multiplicative_generator() {
    return Fr::from_u64(7);
}

Result<FftDomain::Order> FftDomain::order_for(std::size_t size) {
    const auto log = static_cast<unsigned>(std::bit_width(std::bit_ceil(std::max<std::size_t>(size, 1))) - 1);
    if (log > kMaxLog)
        return fail(Errc::too_large, "the domain would have 2^" + std::to_string(log) +
                                         " points, but the largest domain has 2^" + std::to_string(kMaxLog));
    // 7^((r-1)/2^32) has order 2^32, and each squaring halves the order. Shifting r - 1 right by 32 bits divides it.
    Fr::Limbs exponent = Fr::kModulus;
    exponent[0] -= 1;
    for (std::size_t i = 0; i < 4; ++i) exponent[i] = exponent[i] >> 32 | (i < 3 ? exponent[i + 1] << 32 : 0);
    Fr root = multiplicative_generator().pow(exponent);
    for (unsigned i = log; i < kMaxLog; ++i) root = root.square();
    return Order{log, std::size_t{1} << log, root};
}

Result<FftDomain> FftDomain::of_size(std::size_t size) {
    STRATA_TRY(const auto order, order_for(size));
    return FftDomain(order.log, order.root);
}

FftDomain::FftDomain(unsigned log, const Fr& root)
    : log_(log),
      root_(root),
      twiddles_(bit_reversed_powers(root, log == 0 ? 0 : log - 1)),
      inverse_twiddles_(bit_reversed_powers(root.inverse(), log == 0 ? 0 : log - 1)) {}

void FftDomain::to_coefficients(std::span<Fr> values) const {
    STRATA_CHECK(values.size() == size());
    transform_down(values, inverse_twiddles_.data());
    const Fr inverse_size = Fr::from_u64(size()).inverse();
    parallel_for(values.size(), 1 << 12, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) values[i] *= inverse_size;
    });
}

void FftDomain::to_values(std::span<Fr> coefficients) const {
    STRATA_CHECK(coefficients.size() == size());
    transform_up(coefficients, twiddles_.data());
}

void FftDomain::to_coefficients_from_coset(std::span<Fr> values) const {
    STRATA_CHECK(values.size() == size());
    transform_down(values, inverse_twiddles_.data());
    scale(values, multiplicative_generator().inverse(), Fr::from_u64(size()).inverse());
}

void FftDomain::to_coset_values(std::span<Fr> coefficients) const {
    scale(coefficients, multiplicative_generator(), Fr::one());
    to_values(coefficients);
}

Fr FftDomain::vanishing_on_coset() const {
    return multiplicative_generator().pow({size(), 0, 0, 0}) - Fr::one();
}

void FftDomain::scale(std::span<Fr> coefficients, const Fr& base, const Fr& factor) const {
    // Coefficients are in bit-reversed order, so element p is multiplied by factor·base^(p with its bits reversed).
    // With p = h·2^low + l, the power of base is one that depends on l alone times one that depends on h alone, so that
    // two tables of about √size() entries take the place of one of size() entries.
    const unsigned low = log_ / 2;
    const auto of_low = bit_reversed_powers(base.pow({std::uint64_t{1} << (log_ - low), 0, 0, 0}), low);
    auto of_high = bit_reversed_powers(base, log_ - low);
    for (auto& power : of_high) power *= factor;
    parallel_for(of_high.size(), 16, [&](std::size_t begin, std::size_t end) {
        for (std::size_t h = begin; h < end; ++h)
            for (std::size_t l = 0; l < of_low.size(); ++l) coefficients[(h << low) + l] *= of_high[h] * of_low[l];
    });
}

void reverse_bits(std::span<Fr> elements) {
    STRATA_CHECK(std::has_single_bit(elements.size()));
    const auto log = static_cast<unsigned>(std::bit_width(elements.size()) - 1);
    parallel_for(elements.size(), 1 << 14, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            if (const auto j = reversed(i, log); i < j) std::swap(elements[i], elements[j]);
    });
}

}  // namespace strata::crypto
