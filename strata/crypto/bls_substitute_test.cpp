// The contract of bls_substitute.hpp. The answers of the remembering kind must be those of the real functions, whose
// own values from outside are in bls_test.cpp.
#include <strata/crypto/bls_substitute.hpp>

#include <gtest/gtest.h>

#include <thread>

namespace strata::crypto::bls {
namespace {

PrivateKey key_of(std::uint8_t name) {
    return key_from_seed(Bytes(32, name));
}

struct Pair {
    PublicKey key = public_key(key_of(1)).value();
    Bytes message = Bytes(20, 7);
};

TEST(BlsSubstitute, RemembersWhatTheRealFunctionsSaid) {
    const Pair pair;
    const auto good = sign(key_of(1), pair.message).value();
    const auto bad = sign(key_of(2), pair.message).value();
    const Substitute substitute(Substitute::Kind::remembered);
    EXPECT_EQ(sign(key_of(1), pair.message).value(), good);
    for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(verify(pair.key, pair.message, good));
        EXPECT_FALSE(verify(pair.key, pair.message, bad));
        EXPECT_FALSE(verify(pair.key, Bytes(21, 7), good));
    }
    const auto swapped_key = swapped::public_key(key_of(3)).value();
    const auto swapped_good = swapped::sign(key_of(3), pair.message).value();
    EXPECT_TRUE(swapped::verify(swapped_key, pair.message, swapped_good));
    EXPECT_FALSE(swapped::verify(swapped_key, Bytes(), swapped_good));
}

TEST(BlsSubstitute, StubsAreAsGoodAsTheirKeyMessageAndSum) {
    const Pair pair;
    const Substitute substitute(Substitute::Kind::stub);
    const auto one = sign(key_of(1), pair.message).value();
    EXPECT_TRUE(verify(pair.key, pair.message, one));
    EXPECT_FALSE(verify(pair.key, Bytes(21, 7), one));
    EXPECT_FALSE(verify(public_key(key_of(2)).value(), pair.message, one));

    const Bytes text(3, 9);
    const auto other_key = public_key(key_of(2)).value();
    const std::array both{one, sign(key_of(2), text).value()};
    const auto sum = aggregate(both).value();
    EXPECT_TRUE(verify_aggregate(std::array{Signed{other_key, text}, Signed{pair.key, pair.message}}, sum));
    EXPECT_FALSE(verify_aggregate(std::array{Signed{pair.key, pair.message}}, sum));
    EXPECT_FALSE(verify_aggregate(std::array{Signed{pair.key, text}, Signed{other_key, text}}, sum));

    const auto swapped_key = swapped::public_key(key_of(3)).value();
    EXPECT_TRUE(swapped::verify(swapped_key, text, swapped::sign(key_of(3), text).value()));
    EXPECT_FALSE(swapped::verify(swapped_key, pair.message, swapped::sign(key_of(3), text).value()));
}

TEST(BlsSubstitute, TheSumOfNoSignaturesIsThePointAtInfinity) {
    const auto real = aggregate({}).value();
    const Substitute substitute(Substitute::Kind::stub);
    EXPECT_EQ(aggregate({}).value(), real);
    EXPECT_TRUE(verify_aggregate({}, real));
}

TEST(BlsSubstitute, OtherThreadsVerify) {
    const Pair pair;
    const Substitute substitute(Substitute::Kind::stub);
    const auto stub = sign(key_of(1), pair.message).value();
    bool taken = true;
    std::jthread([&] { taken = verify(pair.key, pair.message, stub); }).join();
    EXPECT_FALSE(taken);
}

}  // namespace
}  // namespace strata::crypto::bls
