// The machine corresponds to the VM that lotus chain/gen/genesis/util.go makes: calls at epoch 0 without gas and
// nonces, of which each must succeed (doExecValue).
#include <strata/chain/genesis/machine.hpp>

#include <gtest/gtest.h>

#include <strata/actors/account/state.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/table.hpp>
#include <strata/chain/genesis/steps.hpp>
#include <strata/chain/genesis/test_template.hpp>
#include <strata/testing/failing_blockstore.hpp>

namespace strata::chain::genesis {
namespace {

using vm::ActorType;

class GenesisMachine : public ::testing::Test {
  protected:
    GenesisMachine() : machine_(*opened_) {}
    void add_account(ActorId id, const TokenAmount& balance) {
        const auto key = chain::testing::test_address("key " + std::to_string(id));
        machine_.create(id, ActorType::account, {put_cbor(store_, actors::account::State{key}).value(), balance, {}});
    }

    MemoryBlockstore store_;
    Network network_ = devnet_2k();
    std::unique_ptr<vm::ActorTable> actors_ = actors::native_actors();
    std::unique_ptr<Machine> opened_ =
        std::move(Machine::open(store_, network_, actors::devnet_bundle(), *actors_).value());
    Machine& machine_;
};

TEST_F(GenesisMachine, begins_with_the_system_actor_alone) {
    EXPECT_TRUE(machine_.tree().get(kSystemId).value());
    EXPECT_FALSE(machine_.tree().get(kInitId).value());
    EXPECT_TRUE(machine_.total_balance().value().is_zero());
    EXPECT_EQ(&machine_.network(), &network_);
}

TEST_F(GenesisMachine, value_moves_and_the_sum_stays) {
    ASSERT_TRUE(make_singletons(machine_, chain::testing::test_template()));
    add_account(200, fil(10));
    add_account(201, 0);
    const auto before = machine_.total_balance().value();
    EXPECT_EQ(before, fil(1'100'000'000) + fil(10)) << "the reward actor has its share from the beginning";
    ASSERT_TRUE(machine_.call(Address::id(200), Address::id(201), 0, {}, fil(4)));
    EXPECT_EQ(machine_.tree().get(200).value()->balance, fil(6));
    EXPECT_EQ(machine_.tree().get(200).value()->sequence, 0U) << "no nonce is spent";
    EXPECT_EQ(machine_.tree().get(201).value()->balance, fil(4));
    EXPECT_EQ(machine_.total_balance().value(), before);
}

// An exit code other than 0 ends the making of a genesis, with the method that gave it.
TEST_F(GenesisMachine, a_call_that_fails_is_an_error) {
    ASSERT_TRUE(make_singletons(machine_, chain::testing::test_template()));
    add_account(200, fil(1));
    const auto poor = machine_.call(Address::id(200), Address::id(kPowerId), 0, {}, fil(2));
    EXPECT_EQ(poor.error().code(), Errc::verification);
    EXPECT_TRUE(poor.error().message().starts_with("genesis: method 0 of f04 ended with exit code 6: "))
        << poor.error().message();
    const auto no_method = machine_.call(Address::id(200), Address::id(kPowerId), 99, {});
    EXPECT_EQ(no_method.error().code(), Errc::verification);
    EXPECT_TRUE(no_method.error().message().starts_with("genesis: method 99 of f04 ended with exit code 22: "))
        << no_method.error().message();
    const auto nobody = machine_.call(Address::id(200), Address::id(999), 1, {});
    EXPECT_EQ(nobody.error().code(), Errc::verification);
    EXPECT_EQ(machine_.tree().get(200).value()->balance, fil(1)) << "nothing has moved";
}

TEST_F(GenesisMachine, states_are_read_and_set) {
    add_account(200, 0);
    const auto other = chain::testing::test_address("other");
    ASSERT_TRUE(machine_.set_state(200, actors::account::State{other}));
    EXPECT_EQ(machine_.state<actors::account::State>(200).value().address, other);
    EXPECT_EQ(machine_.set_state(201, actors::account::State{other}).error().message(),
              "genesis: the state has no actor f0201");
    EXPECT_EQ(machine_.state<actors::account::State>(201).error().code(), Errc::not_found);
}

// The default state is the empty array (docs/protocol/fvm.md §1.3).
TEST_F(GenesisMachine, an_actor_without_state) {
    const Address zeros = zero_ethereum_address();
    ASSERT_TRUE(machine_.create_stateless(300, ActorType::ethaccount, zeros));
    const auto actor = machine_.tree().get(300).value();
    ASSERT_TRUE(actor);
    EXPECT_EQ(actor->head.to_string(), "bafy2bzacebc3bt6cedhoyw34drrmjvazhu4oj25er2ebk4u445pzycvq4ta4a");
    EXPECT_EQ(actor->delegated_address, zeros);
}

// A constructor that refuses its parameters ends the construction.
TEST_F(GenesisMachine, constructors_run) {
    ASSERT_TRUE(machine_.construct(kPowerId, ActorType::power, 0, {}));
    EXPECT_EQ(machine_.state<actors::power::State>(kPowerId).value().miner_count, 0);
    EXPECT_EQ(machine_.construct(kInitId, ActorType::init, 0, Bytes{0x80}).error().code(), Errc::verification);
}

TEST(GenesisMachineStore, a_failing_disk_is_told_as_one) {
    MemoryBlockstore memory;
    strata::testing::FailingBlockstore store(memory);
    store.fail_write(0, Errc::no_space);
    const auto actors = actors::native_actors();
    const Network network = devnet_2k();
    const auto opened = Machine::open(store, network, actors::devnet_bundle(), *actors);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), Errc::no_space);
}

}  // namespace
}  // namespace strata::chain::genesis
