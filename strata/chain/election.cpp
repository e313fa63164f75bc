#include <strata/chain/election.hpp>

#include <strata/crypto/hash.hpp>
#include <strata/types/fixed_point.hpp>

namespace strata::chain {
namespace {

constexpr unsigned kPrecision = 256;

}  // namespace

std::int64_t win_count_of(const BigInt& hash, const StoragePower& power, const StoragePower& total) {
    STRATA_CHECK(total.sign() > 0);
    const BigInt lambda = div_floor((power * BigInt(kExpectedLeaders)) << kPrecision, total);
    // The win count follows a Poisson distribution with this mean: `exactly` is the chance of exactly `won` wins, and
    // `more` is the chance of more.
    BigInt exactly = expneg(lambda, kPrecision);
    BigInt more = BigInt::pow2(kPrecision) - exactly;
    std::int64_t won = 0;
    while (hash < more && won < kMaxWinCount) {
        ++won;
        // The division comes first: the rounding depends on this order, so it is consensus.
        exactly = (div_floor(exactly, won) * lambda) >> kPrecision;
        more -= exactly;
    }
    return won;
}

std::int64_t win_count(BytesView vrf_proof, const StoragePower& power, const StoragePower& total) {
    return win_count_of(BigInt::from_be(crypto::blake2b_256(vrf_proof)), power, total);
}

}  // namespace strata::chain
