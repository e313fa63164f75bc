// The expected values are the rules of ref-fvm shared/src/crypto/signature.rs.
#include <strata/types/actor_signature.hpp>

#include <gtest/gtest.h>

namespace strata {
namespace {

// fvm_shared decodes signatures of the types 1 and 2 only, of any length (shared/src/crypto/signature.rs).
TEST(ActorSignature, type_and_length_are_those_of_the_reference) {
    const auto decoded = [](const Bytes& bytes) { return from_cbor<ActorSignature>(to_cbor(bytes)); };
    for (const auto type : std::initializer_list<std::uint8_t>{1, 2}) {
        EXPECT_TRUE(decoded({type})) << int{type};
        Bytes longer(300, 7);
        longer[0] = type;
        const auto signature = decoded(longer);
        ASSERT_TRUE(signature) << int{type};
        EXPECT_EQ(to_cbor(*signature), to_cbor(longer));
    }
    for (const auto type : std::initializer_list<std::uint8_t>{0, 3, 4, 255})
        EXPECT_EQ(decoded({type, 1}).error().code(), Errc::malformed);
    EXPECT_EQ(decoded({}).error().code(), Errc::malformed);
    EXPECT_TRUE(from_cbor<Signature>(to_cbor(Bytes{3, 1}))) << "a message may have a delegated signature";
}

}  // namespace
}  // namespace strata
