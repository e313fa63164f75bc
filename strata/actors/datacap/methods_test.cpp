// Rules of the datacap token: builtin-actors v18 actors/datacap/tests/datacap_actor_test.rs, and FRC-0046 for what
// every such token does.
#include <strata/actors/methods.hpp>

#include <strata/actors/datacap/token.hpp>
#include <strata/actors/datacap/types.hpp>
#include <strata/actors/receiver_hook.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::datacap {
namespace {

constexpr ActorId kGovernor = kVerifiedRegistryId;
constexpr ActorId kAlice = 101;
constexpr ActorId kBob = 102;
constexpr ActorId kCarla = 103;
// Method numbers by FRC-0042.
constexpr MethodNumber kAllowance = 4205072950;
constexpr MethodNumber kIncrease = 1777121560;
constexpr MethodNumber kDecrease = 1529376545;
constexpr MethodNumber kRevoke = 2765635761;
constexpr MethodNumber kBurnFrom = 2979674018;
constexpr MethodNumber kSupply = 114981429;

Address of(ActorId id) {
    return Address::id(id);
}

class DatacapTest : public actors::testing::ActorTest {
  protected:
    DatacapTest() : ActorTest(ActorType::datacap, methods(), kDatacapId) {
        for (const ActorId id : {kAlice, kBob, kCarla}) world_.add(id, ActorType::account, 0);
        EXPECT_TRUE(ok(call(kSystemId, 1, of(kGovernor))));
    }
    vm::CallResult mint(const Address& to, const TokenAmount& amount, std::vector<Address> operators = {}) {
        return call(kGovernor, kMint, MintParams{to, amount, std::move(operators)});
    }
    vm::CallResult transfer(ActorId from, ActorId to, const TokenAmount& amount) {
        return call(from, kTransfer, TransferParams{of(to), amount, {1, 2, 3, 4}});
    }
    vm::CallResult transfer_from(ActorId spender, ActorId from, ActorId to, const TokenAmount& amount) {
        return call(spender, kTransferFrom, TransferFromParams{of(from), of(to), amount, {1, 2, 3, 4}});
    }
    TokenAmount held(ActorId id) { return returned<TokenAmount>(call(kCarla, kBalance, of(id))); }
    TokenAmount supply() { return returned<TokenAmount>(call(kCarla, kSupply)); }
    TokenAmount allowed(ActorId owner, ActorId spender) {
        return returned<TokenAmount>(call(kCarla, kAllowance, GetAllowanceParams{of(owner), of(spender)}));
    }
};

// INFINITE_ALLOWANCE in actors/datacap/src/types.rs: 10^21 tokens.
const TokenAmount& infinite() {
    static const TokenAmount value = BigInt::constant("1000000000000000000000000000000000000000");
    return value;
}

TEST_F(DatacapTest, Constructor) {
    EXPECT_EQ(state<State>().governor, of(kGovernor));
    EXPECT_TRUE(state<State>().token.supply.is_zero());
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kAlice, 1, of(kGovernor))));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, call(kSystemId, 1, Address::bls(Bytes(48, 9)))));
    EXPECT_EQ(returned<std::string>(call(kAlice, 48890204)), "DataCap");
    EXPECT_EQ(returned<std::string>(call(kAlice, 2061153854)), "DCAP");
    EXPECT_EQ(returned<std::uint64_t>(call(kAlice, 3936767397)), 1'000'000'000'000'000'000U);
}

TEST_F(DatacapTest, MintAddsToTheBalanceAndTheSupply) {
    answer(kAlice, kReceive, ExitCode::ok, Bytes{0x01});
    auto minted = returned<MintReturn>(mint(of(kAlice), fil(1)));
    EXPECT_EQ(minted.balance, fil(1));
    EXPECT_EQ(minted.supply, fil(1));
    EXPECT_EQ(minted.recipient_data, Bytes{0x01});
    const auto told = sent_to(kAlice, kReceive);
    ASSERT_EQ(told.size(), 1U);
    const auto hook = told[0].as<UniversalReceiverParams>();
    EXPECT_EQ(hook.type, 2233613279U);  // FRC-0042 number of "FRC46"
    const auto received = from_cbor<TokenReceived>(hook.payload).value();
    EXPECT_EQ(received.from, kDatacapId);
    EXPECT_EQ(received.to, kAlice);
    EXPECT_EQ(received.operator_id, kGovernor);
    EXPECT_EQ(received.amount, fil(1));
    minted = returned<MintReturn>(mint(key_of(kBob), fil(1)));
    EXPECT_EQ(minted.balance, fil(1));
    EXPECT_EQ(minted.supply, fil(2));
    EXPECT_EQ(held(kAlice), fil(1));
    EXPECT_EQ(held(999), TokenAmount(0));
    EXPECT_EQ(supply(), fil(2));
}

TEST_F(DatacapTest, MintRefusals) {
    const auto wrong = ExitCode::illegal_argument;
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kMarketId, kMint, MintParams{of(kAlice), fil(1), {}})));
    EXPECT_TRUE(exits(wrong, mint(of(kAlice), 100)));  // a fraction of a token
    EXPECT_TRUE(exits(wrong, mint(of(kAlice), fil(-1))));
    answer(kAlice, kReceive, ExitCode::illegal_state);
    EXPECT_TRUE(exits(ExitCode::illegal_state, mint(of(kAlice), fil(1))));  // the receiver refuses it
    EXPECT_EQ(supply(), TokenAmount(0));
    EXPECT_TRUE(exits(ExitCode::not_found, mint(Address::actor(Bytes{1}), fil(1))));
}

// The official actor would create the account, but it cannot send within its state transaction (found by
// `strata actors diff`; the exit code is the official actor's).
TEST_F(DatacapTest, AnOperatorWithoutAnActorIsNotCreated) {
    const Address nobody = Address::delegated(kEamId, Bytes(20, 9));
    EXPECT_TRUE(exits(ExitCode::not_found, call(kAlice, kIncrease, ChangeAllowanceParams{nobody, fil(1)})));
    EXPECT_TRUE(exits(ExitCode::not_found, mint(nobody, fil(1))));
    EXPECT_TRUE(exits(ExitCode::not_found, mint(Address::bls(Bytes(48, 9)), fil(1))));
}

TEST_F(DatacapTest, OperatorsOfAMintGetAnInfiniteAllowance) {
    ASSERT_TRUE(ok(mint(of(kAlice), fil(42), {of(kBob)})));
    EXPECT_EQ(allowed(kAlice, kBob), infinite());
    ASSERT_TRUE(ok(mint(of(kAlice), fil(42), {of(kBob)})));
    EXPECT_EQ(allowed(kAlice, kBob), infinite());
    const auto moved = returned<TransferFromReturn>(transfer_from(kBob, kAlice, kGovernor, fil(84)));
    EXPECT_EQ(moved.from_balance, TokenAmount(0));
    EXPECT_EQ(moved.to_balance, fil(84));
    EXPECT_EQ(moved.allowance, infinite() - fil(84));
    EXPECT_EQ(allowed(kAlice, kBob), infinite() - fil(84));
    ASSERT_TRUE(ok(mint(of(kAlice), fil(1), {of(kBob)})));
    EXPECT_EQ(allowed(kAlice, kBob), infinite());
}

TEST_F(DatacapTest, TokensMoveOnlyToAndFromTheGovernor) {
    ASSERT_TRUE(ok(mint(of(kAlice), fil(1))));
    EXPECT_TRUE(exits(ExitCode::forbidden, transfer(kAlice, kBob, fil(1))));
    const auto moved = returned<TransferReturn>(transfer(kAlice, kGovernor, fil(1)));
    EXPECT_EQ(moved.from_balance, TokenAmount(0));
    EXPECT_EQ(moved.to_balance, fil(1));
    const auto told = sent_to(kGovernor, kReceive).at(0).as<UniversalReceiverParams>();
    EXPECT_EQ(from_cbor<TokenReceived>(told.payload).value().operator_data, (Bytes{1, 2, 3, 4}));
    // A holder may send itself all that it has (frc46_token, transfer).
    EXPECT_EQ(returned<TransferReturn>(transfer(kGovernor, kGovernor, fil(1))).to_balance, fil(1));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, transfer(kGovernor, kGovernor, fil(2))));
    ASSERT_TRUE(ok(transfer(kGovernor, kBob, fil(1))));
    EXPECT_EQ(held(kBob), fil(1));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, transfer(kGovernor, kBob, fil(1))));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, transfer(kBob, kGovernor, 1)));
    EXPECT_TRUE(
        exits(ExitCode::illegal_argument, call(kBob, kTransfer, TransferParams{Address::actor(Bytes{1}), 0, {}})));
}

TEST_F(DatacapTest, OperatorsMoveTokensOnlyToTheGovernor) {
    ASSERT_TRUE(ok(mint(of(kAlice), fil(2), {of(kBob)})));
    EXPECT_TRUE(exits(ExitCode::forbidden, transfer_from(kBob, kAlice, kCarla, fil(1))));
    EXPECT_TRUE(exits(ExitCode::forbidden, transfer_from(kBob, kAlice, kBob, fil(1))));
    ASSERT_TRUE(ok(mint(of(kGovernor), fil(1), {of(kBob)})));
    EXPECT_TRUE(exits(ExitCode::forbidden, transfer_from(kBob, kGovernor, kAlice, fil(1))));
    // An owner cannot spend by allowance, and an operator without an allowance can spend nothing.
    EXPECT_TRUE(exits(ExitCode::illegal_argument, transfer_from(kAlice, kAlice, kGovernor, fil(1))));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, transfer_from(kCarla, kAlice, kGovernor, fil(1))));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, transfer_from(kBob, kAlice, kGovernor, fil(3))));
}

TEST_F(DatacapTest, OwnersChangeAllowances) {
    const auto change = [&](MethodNumber method, const TokenAmount& delta) {
        return call(kAlice, method, ChangeAllowanceParams{of(kBob), delta});
    };
    EXPECT_EQ(returned<TokenAmount>(change(kIncrease, fil(5))), fil(5));
    EXPECT_EQ(returned<TokenAmount>(change(kDecrease, fil(2))), fil(3));
    EXPECT_EQ(returned<TokenAmount>(change(kDecrease, fil(9))), TokenAmount(0));  // never below zero
    EXPECT_TRUE(exits(ExitCode::illegal_argument, change(kIncrease, fil(-1))));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, change(kDecrease, fil(-1))));
    EXPECT_EQ(returned<TokenAmount>(change(kIncrease, fil(5))), fil(5));
    EXPECT_EQ(allowed(kBob, kAlice), TokenAmount(0));
    EXPECT_EQ(returned<TokenAmount>(call(kAlice, kRevoke, RevokeAllowanceParams{of(kBob)})), fil(5));
    EXPECT_EQ(allowed(kAlice, kBob), TokenAmount(0));
    EXPECT_EQ(returned<TokenAmount>(call(kAlice, kRevoke, RevokeAllowanceParams{Address::bls(Bytes(48, 9))})),
              TokenAmount(0));
    // An allowance of zero is not stored.
    ASSERT_TRUE(ok(call(kSystemId, 1, of(kGovernor))));
    const Cid empty = state<State>().token.allowances;
    ASSERT_TRUE(ok(change(kIncrease, fil(5))));
    EXPECT_NE(state<State>().token.allowances, empty);
    ASSERT_TRUE(ok(change(kDecrease, fil(5))));
    EXPECT_EQ(state<State>().token.allowances, empty);
}

// As frc46_token's attempt_use_allowance: what is left must not be negative.
TEST_F(DatacapTest, AnAllowanceCanBeUsedToItsEnd) {
    ASSERT_TRUE(ok(mint(of(kAlice), fil(5))));
    ASSERT_TRUE(ok(call(kAlice, kIncrease, ChangeAllowanceParams{of(kBob), fil(3)})));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, transfer_from(kBob, kAlice, kGovernor, fil(4))));
    EXPECT_EQ(returned<TransferFromReturn>(transfer_from(kBob, kAlice, kGovernor, fil(3))).allowance, TokenAmount(0));
    EXPECT_EQ(allowed(kAlice, kBob), TokenAmount(0));
}

TEST_F(DatacapTest, BurningLowersTheSupply) {
    const Cid empty = state<State>().token.balances;
    ASSERT_TRUE(ok(mint(of(kAlice), fil(5), {of(kBob)})));
    EXPECT_EQ(returned<BurnReturn>(call(kAlice, kBurn, BurnParams{fil(1)})).balance, fil(4));
    const auto by_bob = returned<BurnFromReturn>(call(kBob, kBurnFrom, OwnerAmount{of(kAlice), fil(1)}));
    EXPECT_EQ(by_bob.balance, fil(3));
    EXPECT_EQ(by_bob.allowance, infinite() - fil(1));
    EXPECT_EQ(supply(), fil(3));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, call(kAlice, kBurn, BurnParams{fil(4)})));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, call(kAlice, kBurn, BurnParams{1})));
    EXPECT_TRUE(exits(ExitCode::insufficient_funds, call(kCarla, kBurnFrom, OwnerAmount{of(kAlice), fil(1)})));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, call(kAlice, kBurnFrom, OwnerAmount{of(kAlice), fil(1)})));
    ASSERT_TRUE(ok(call(kAlice, kBurn, BurnParams{fil(3)})));
    EXPECT_EQ(state<State>().token.balances, empty);
}

TEST_F(DatacapTest, OnlyTheGovernorDestroys) {
    ASSERT_TRUE(ok(mint(of(kAlice), fil(2), {of(kBob)})));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kBob, kDestroy, OwnerAmount{of(kAlice), fil(1)})));
    EXPECT_EQ(allowed(kAlice, kGovernor), TokenAmount(0));
    EXPECT_EQ(returned<BurnReturn>(call(kGovernor, kDestroy, OwnerAmount{of(kAlice), fil(1)})).balance, fil(1));
    EXPECT_EQ(supply(), fil(1));
}

}  // namespace
}  // namespace strata::actors::datacap
