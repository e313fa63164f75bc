#include <strata/actors/read/verifreg.hpp>

#include <strata/actors/read/test_recorded.hpp>
#include <strata/actors/verifreg/types.hpp>

namespace strata::actors::read {
namespace {

class ReadRegistry : public testing::Recorded {};

TEST_F(ReadRegistry, AnswersLikeLotus) {
    const auto registry = VerifiedRegistry::load(tree_).value();
    EXPECT_EQ(registry.root_key(), Address::id(80));
    const auto verifier = tree_.resolve(address("t15uhrpyglzecxdmzz4zg4veodxgfugc42ruovrza")).value();
    ASSERT_TRUE(verifier);
    EXPECT_EQ(registry.verifier(*verifier).value(), BigInt(1098437885952));
    EXPECT_FALSE(registry.verifier(1002).value());
    const auto allocation = registry.allocation(1002, 3).value();
    ASSERT_TRUE(allocation);
    EXPECT_EQ(allocation->provider, 1000U);
    EXPECT_EQ(allocation->size, 1048576U);
    EXPECT_EQ(allocation->expiration, 2691);
    EXPECT_FALSE(registry.allocation(1002, 4).value());
    EXPECT_FALSE(registry.allocation(1003, 3).value());
    const auto count = [&](std::optional<ActorId> owner) {
        std::size_t records = 0;
        EXPECT_TRUE(registry.for_each_allocation(owner, [&](std::uint64_t, const verifreg::Allocation&) -> Status {
            ++records;
            return {};
        }));
        return records;
    };
    EXPECT_EQ(count(std::nullopt), 1U);
    EXPECT_EQ(count(1002), 1U);
    EXPECT_EQ(count(1003), 0U);
    // StateVerifiedClientStatus answers in bytes. A byte is one token, which has 18 decimals.
    EXPECT_EQ(div_floor(datacap_balance(tree_, 1002).value().value(), fil(1)), BigInt(1072693248));
    EXPECT_FALSE(datacap_balance(tree_, 1003).value());
}

}  // namespace
}  // namespace strata::actors::read
