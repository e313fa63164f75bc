// Checks which methods version 19 refuses and which it still answers. Source: FIP-0118 §1; builtin-actors #1778,
// actors/{datacap,verifreg}/src/lib.rs.
#include <strata/actors/frozen.hpp>

#include <strata/actors/datacap/token.hpp>
#include <strata/actors/datacap/types.hpp>
#include <strata/actors/methods.hpp>
#include <strata/actors/receiver_hook.hpp>
#include <strata/actors/test_runtime.hpp>
#include <strata/actors/verifreg/messages.hpp>

namespace strata::actors {
namespace {

constexpr ActorId kAnyone = 101;
constexpr ActorId kMiner = 301;

Address of(ActorId id) {
    return Address::id(id);
}

class FrozenDatacap : public testing::ActorTest {
  protected:
    FrozenDatacap() : ActorTest(ActorType::datacap, datacap::methods19(), kDatacapId) {
        world_.add(kAnyone, ActorType::account, 0);
        EXPECT_TRUE(ok(call(kSystemId, 1, of(kVerifiedRegistryId))));
    }
    template <class P>
    void refused(MethodNumber method, const P& params) {
        SCOPED_TRACE(method);
        for (const ActorId caller : {kAnyone, kVerifiedRegistryId})
            EXPECT_TRUE(exits(ExitCode::forbidden, call(caller, method, params)));
        EXPECT_TRUE(exits(ExitCode::serialization, call(kAnyone, method, Bytes{1})));
    }
};

TEST_F(FrozenDatacap, nothing_changes) {
    using namespace datacap;
    refused(kMint, MintParams{of(kAnyone), fil(1), {}});
    refused(kDestroy, OwnerAmount{of(kAnyone), fil(1)});
    refused(kTransfer, TransferParams{of(kVerifiedRegistryId), fil(1), {}});
    refused(kTransferFrom, TransferFromParams{of(kAnyone), of(kVerifiedRegistryId), fil(1), {}});
    for (const MethodNumber allowance : {1777121560U, 1529376545U})
        refused(allowance, ChangeAllowanceParams{of(kAnyone), fil(1)});
    refused(2765635761, RevokeAllowanceParams{of(kAnyone)});
    refused(kBurn, BurnParams{fil(1)});
    refused(2979674018, OwnerAmount{of(kAnyone), fil(1)});
}

TEST_F(FrozenDatacap, reads_stay) {
    EXPECT_EQ(returned<std::string>(call(kAnyone, 48890204)), "DataCap");
    EXPECT_EQ(returned<std::string>(call(kAnyone, 2061153854)), "DCAP");
    EXPECT_EQ(returned<TokenAmount>(call(kAnyone, 114981429)), TokenAmount(0));
    EXPECT_EQ(returned<TokenAmount>(call(kAnyone, datacap::kBalance, of(kAnyone))), TokenAmount(0));
    EXPECT_EQ(returned<TokenAmount>(call(kAnyone, 4205072950, datacap::GetAllowanceParams{of(kAnyone), of(kAnyone)})),
              TokenAmount(0));
}

class FrozenRegistry : public testing::ActorTest {
  protected:
    FrozenRegistry() : ActorTest(ActorType::verified_registry, verifreg::methods19(), kVerifiedRegistryId) {
        world_.add(kAnyone, ActorType::account, 0);
        world_.add(kMiner, ActorType::miner, 0);
        EXPECT_TRUE(ok(call(kSystemId, 1, of(kAnyone))));
    }
    template <class P>
    void refused(std::initializer_list<MethodNumber> numbers, const P& params) {
        for (const auto number : numbers)
            EXPECT_TRUE(exits(ExitCode::forbidden, call(kAnyone, number, params))) << number;
    }
};

TEST_F(FrozenRegistry, nothing_changes) {
    using namespace verifreg;
    const auto before = state<State>();
    refused({2, 4, 3916220144}, VerifierParams{of(kAnyone), 1 << 20});  // the caller is the root key
    refused({3}, of(kAnyone));
    refused(
        {7},
        RemoveDataCapParams{
            of(kAnyone), 1, {of(kAnyone), {Signature::Type::bls, {1}}}, {of(kAnyone), {Signature::Type::bls, {1}}}});
    refused({8, 2421068268, 12, 2873373899}, RemoveExpiredParams{kAnyone, {}});
    refused({11, 1752273514}, ExtendClaimTermsParams{});
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kMiner, kClaimAllocations, ClaimAllocationsParams{})));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kAnyone, kClaimAllocations, ClaimAllocationsParams{})));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kDatacapId, kReceive, UniversalReceiverParams{})));
    const auto after = state<State>();
    EXPECT_EQ(after.next_allocation_id, before.next_allocation_id);
    EXPECT_EQ(after.claims, before.claims);
}

TEST_F(FrozenRegistry, claims_can_be_read) {
    using namespace verifreg;
    const auto read = returned<GetClaimsReturn>(call(kAnyone, 2199871187, GetClaimsParams{kMiner, {7}}));
    EXPECT_EQ(read.results.codes(), std::vector{ExitCode::not_found});
    EXPECT_TRUE(ok(call(kMiner, kGetClaims, GetClaimsParams{kMiner, {}})));
}

}  // namespace
}  // namespace strata::actors
