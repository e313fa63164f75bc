// Protects the sources of randomness: a seed repeats a run, purposes are independent, and a bounded number is uniform.
// Source: the promises of random.hpp; ChaCha20 of RFC 8439.
#include <strata/crypto/random.hpp>

#include <gtest/gtest.h>

#include <set>

#include <strata/crypto/chacha.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::crypto {
namespace {

TEST(SeededRandom, is_chacha20_keyed_with_the_hash_of_the_seed) {
    SeededRandom random(as_bytes("seed"));
    const auto bytes = random.bytes<64>();
    const auto block = chacha_block(20, blake2b_256(as_bytes("seed")), {0, 0, 0, 0});
    for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(bytes[i], static_cast<std::uint8_t>(block[i / 4] >> (8 * (i % 4))));
}

TEST(SeededRandom, the_same_bytes_come_in_parts_of_any_size) {
    SeededRandom whole(as_bytes("x")), parts(as_bytes("x"));
    Bytes a(1000), b(1000);
    whole.fill(a);
    for (std::size_t at = 0, part = 1; at < b.size(); part = part * 2 + 1) {
        const auto size = std::min(part % 97 + 1, b.size() - at);
        parts.fill(std::span(b).subspan(at, size));
        at += size;
    }
    EXPECT_EQ(a, b);
}

TEST(SeededRandom, a_fork_depends_on_its_purpose_and_not_on_what_was_drawn) {
    SeededRandom random(as_bytes("x"));
    auto first = random.fork("keys");
    static_cast<void>(random.bytes<100>());
    auto again = random.fork("keys"), other = random.fork("key");
    const auto bytes = first.bytes<32>();
    EXPECT_EQ(bytes, again.bytes<32>());
    EXPECT_NE(bytes, other.bytes<32>());
    EXPECT_NE(bytes, SeededRandom(as_bytes("x")).bytes<32>());
}

/// Gives the numbers of a list.
class Scripted final : public RandomSource {
  public:
    explicit Scripted(std::vector<std::uint64_t> numbers) : numbers_(std::move(numbers)) {}
    void fill(std::span<std::uint8_t> out) override {
        ASSERT_EQ(out.size(), 8U);
        ASSERT_LT(at_, numbers_.size());
        std::memcpy(out.data(), &numbers_[at_++], 8);
    }
    std::size_t used() const { return at_; }

  private:
    std::vector<std::uint64_t> numbers_;
    std::size_t at_ = 0;
};

TEST(Below, stays_below_and_reaches_every_number) {
    SeededRandom random(as_bytes("below"));
    for (const std::uint64_t bound : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{7}, std::uint64_t{100}}) {
        std::set<std::uint64_t> seen;
        for (int i = 0; i < 5000; ++i) seen.insert(random.below(bound));
        EXPECT_EQ(seen.size(), bound);
        EXPECT_LT(*seen.rbegin(), bound);
    }
    for (int i = 0; i < 100; ++i) EXPECT_LT(random.below(UINT64_MAX), UINT64_MAX);
}

// 2^64 is not a multiple of 3: one of the 64-bit numbers must be drawn again, or 0 would come more often.
TEST(Below, a_number_that_would_favour_some_is_drawn_again) {
    int again = 0;
    for (const std::uint64_t extreme : {std::uint64_t{0}, UINT64_MAX}) {
        Scripted script({extreme, 5, 5, 5});
        EXPECT_LT(script.below(3), 3U);
        again += script.used() > 1 ? 1 : 0;
    }
    EXPECT_EQ(again, 1);
}

TEST(SystemRandom, does_not_repeat_itself) {
    SystemRandom a, b;
    EXPECT_NE(a.bytes<32>(), b.bytes<32>());
    EXPECT_NE(a.u64(), a.u64());
}

}  // namespace
}  // namespace strata::crypto
