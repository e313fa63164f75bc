// The heads of the singletons are compared with those of a genesis that Lotus made (vectors/lotus-devnet).
#include <gtest/gtest.h>

#include <strata/actors/cron/state.hpp>
#include <strata/actors/table.hpp>
#include <strata/chain/genesis/steps.hpp>
#include <strata/chain/genesis/test_template.hpp>
#include <strata/chain/test_recorded.hpp>

namespace strata::chain::genesis {
namespace {

class Singletons : public ::testing::Test {
  protected:
    Singletons() { template_.network_name = "strata-main"; }
    Status make_all() {
        STRATA_OK(make_singletons(*machine_, template_));
        STRATA_TRY(keys_, make_accounts(*machine_, template_, chain::testing::test_address("verifier")));
        return make_datacap(*machine_, template_, keys_);
    }

    MemoryBlockstore store_;
    Network network_ = devnet_2k();
    std::unique_ptr<vm::ActorTable> actors_ = actors::native_actors();
    std::unique_ptr<Machine> machine_ =
        std::move(Machine::open(store_, network_, actors::devnet_bundle(), *actors_).value());
    GenesisTemplate template_ = chain::testing::test_template();
    KeyIds keys_;
};

// Cron, reward and the address manager do not depend on who takes part in a network.
TEST_F(Singletons, have_the_states_that_lotus_wrote) {
    auto& lotus = chain::testing::RecordedChain::real();
    auto state = lotus.state_before(*lotus.tipsets.front());
    ASSERT_TRUE(make_all());
    for (const ActorId id : {kRewardId, kCronId, kEamId}) {
        const auto theirs = state.get(id).value(), ours = machine_->tree().get(id).value();
        ASSERT_TRUE(theirs && ours) << id;
        EXPECT_EQ(ours->head, theirs->head) << id;
        EXPECT_EQ(ours->balance, theirs->balance) << id;
    }
    EXPECT_EQ(machine_->state<vm::InitState>(kInitId).value().network_name, "strata-main");
}

// docs/protocol/fvm.md §8.4: power's OnEpochTickEnd is 5, the market's CronTick is 9.
TEST_F(Singletons, cron_calls_power_and_market) {
    ASSERT_TRUE(make_singletons(*machine_, template_));
    const auto entries = machine_->state<actors::cron::State>(kCronId).value().entries;
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].receiver, Address::id(4));
    EXPECT_EQ(entries[0].method, 5U);
    EXPECT_EQ(entries[1].receiver, Address::id(5));
    EXPECT_EQ(entries[1].method, 9U);
}

// Each client's datacap is the sum of its deals, over all miners.
TEST_F(Singletons, clients_get_the_datacap_of_their_deals) {
    for (auto& miner : template_.miners)
        for (auto& sector : miner.sectors) sector.deal.client = chain::testing::test_address("client");
    ASSERT_TRUE(make_all());
    constexpr MethodNumber kBalance = 3'261'979'605;  // the number of Balance (docs/protocol/storage.md)
    const auto balance = [&](const Address& of) {
        const auto answer =
            machine_->call(Address::id(kSystemId), Address::id(kDatacapId), kBalance, to_cbor(of)).value();
        return from_cbor<TokenAmount>(answer).value();
    };
    // Datacap has 18 decimals, as FIL has.
    EXPECT_EQ(balance(Address::id(keys_.at(chain::testing::test_address("client")))), fil(6 * (8 << 20)));
    EXPECT_TRUE(balance(Address::id(keys_.at(chain::testing::test_address("worker 0")))).is_zero());
}

TEST_F(Singletons, a_client_without_account_is_refused) {
    template_.miners[2].sectors[0].deal.client = chain::testing::test_address("nobody");
    const auto made = make_all();
    EXPECT_EQ(made.error().code(), Errc::invalid_argument);
    EXPECT_TRUE(made.error().message().ends_with(", has no account"));
}

}  // namespace
}  // namespace strata::chain::genesis
