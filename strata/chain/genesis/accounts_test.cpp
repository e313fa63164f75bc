// The rules are those of lotus chain/gen/genesis/genesis.go (MakeInitialStateTree, f01_init.go SetupInitActor): keys
// get their IDs from 100 on in the order of the template, a multisig's signers before it, and f090 what is left of all
// FIL.
#include <gtest/gtest.h>

#include <strata/actors/account/state.hpp>
#include <strata/actors/multisig/state.hpp>
#include <strata/actors/read/state_of.hpp>
#include <strata/chain/genesis/test_genesis.hpp>

namespace strata::chain {
namespace {

using actors::state_of;
using testing::test_account;
using testing::test_address;

class GenesisAccounts : public testing::Genesis {
  protected:
    GenesisTemplate good = testing::test_template();
    vm::StateTree tree_of(const GenesisTemplate& what) {
        genesis = make(what).value();
        return vm::StateTree::load(store, genesis.header.parent_state_root).value();
    }
};

TEST_F(GenesisAccounts, keys_have_the_ids_of_their_order) {
    auto tree = tree_of(good);
    ActorId id = 100;
    for (const auto* name : {"client", "faucet", "owner 0", "worker 0", "owner 1", "worker 1", "owner 2", "worker 2"}) {
        EXPECT_EQ(tree.resolve(test_address(name)).value(), id) << name;
        EXPECT_EQ(state_of<actors::account::State>(tree, id).value().address, test_address(name)) << name;
        ++id;
    }
    EXPECT_EQ(tree.resolve(test_address("another")).value(), id) << "a signer of the remainder's multisig";
    EXPECT_EQ(tree.resolve(test_address("root")).value(), ActorId{80});
    EXPECT_FALSE(tree.resolve(test_address("nobody")).value());
}

// The remainder gets what the others leave of 2·10^9 FIL.
TEST_F(GenesisAccounts, the_remainder_is_the_rest) {
    auto tree = tree_of(good);
    const std::int64_t given = 1'100'000'000 + 1'000 + 50'000'000 + 6 * 100;
    EXPECT_EQ(tree.get(kReserveId).value()->balance, fil(2'000'000'000 - given));
    const auto multisig = state_of<actors::multisig::State>(tree, kReserveId).value();
    EXPECT_EQ(multisig.signers, (std::vector{Address::id(100), Address::id(108)}));
    EXPECT_EQ(multisig.threshold, 2U);
    EXPECT_EQ(multisig.unlock_duration, 100);
    EXPECT_EQ(multisig.start_epoch, 0);
    EXPECT_EQ(multisig.initial_balance, fil(2'000'000'000 - given));
    // The remainder may be 0, but not less.
    auto all = good;
    all.accounts[1].balance += fil(2'000'000'000 - given);
    EXPECT_TRUE(tree_of(all).get(kReserveId).value()->balance.is_zero());
    all.accounts[1].balance += BigInt(1);
    EXPECT_EQ(refusal(all),
              "genesis: the actors get 2000000000000000000000000001 attoFIL, expected at most "
              "2000000000000000000000000000, all that exists");
}

// A multisig among the accounts gets the ID after all keys, and its signers accounts without money.
TEST_F(GenesisAccounts, a_multisig_of_the_template) {
    auto what = good;
    what.accounts.push_back({GenesisMultisig{{test_address("signer"), test_address("client")}, 1, 1'000, 5}, fil(7)});
    auto tree = tree_of(what);
    EXPECT_EQ(tree.resolve(test_address("signer")).value(), ActorId{108});
    EXPECT_TRUE(tree.get(108).value()->balance.is_zero());
    EXPECT_EQ(tree.resolve(test_address("another")).value(), ActorId{109});
    const auto multisig = state_of<actors::multisig::State>(tree, 110).value();
    EXPECT_EQ(multisig.signers, (std::vector{Address::id(108), Address::id(100)}));
    EXPECT_EQ(multisig.start_epoch, 5);
    EXPECT_EQ(tree.get(110).value()->balance, fil(7));
    EXPECT_EQ(tree.get(100).value()->balance, fil(1'000)) << "a signer that has an account keeps it";
}

TEST_F(GenesisAccounts, templates_that_are_refused) {
    auto bad = good;
    bad.accounts.push_back(bad.accounts.front());
    EXPECT_TRUE(refusal(bad).starts_with("genesis: two actors have the key"));
    bad = good;
    bad.verifreg_root = bad.accounts.front();
    EXPECT_TRUE(refusal(bad).starts_with("genesis: two actors have the key"));
    for (const auto& owner : {Address::id(1), Address::actor(Bytes{1}), zero_ethereum_address(), Address()}) {
        bad = good;
        bad.accounts[0].kind = GenesisAccount{owner};
        EXPECT_TRUE(refusal(bad).ends_with("expected an f1 or f3 address")) << refusal(bad);
    }
    bad = good;
    bad.accounts[0].balance = -1;
    EXPECT_EQ(refusal(bad), "genesis: an actor has the balance -1, expected at least 0");
    for (const std::uint64_t threshold : {0U, 3U}) {
        bad = good;
        std::get<GenesisMultisig>(bad.remainder.kind).threshold = threshold;
        EXPECT_TRUE(refusal(bad).ends_with("expected 1 to 2, the number of its signers")) << refusal(bad);
    }
}

// IDs below f01000 are for keys: 900 of them.
TEST_F(GenesisAccounts, keys_have_900_places) {
    auto what = good;
    what.miners.resize(1);
    for (int i = 0; what.accounts.size() < kMaxGenesisAccounts; ++i)
        what.accounts.push_back(test_account("account " + std::to_string(i), 0));
    EXPECT_TRUE(refusal(what).starts_with("genesis: the keys and multisigs need more IDs"))
        << "the remainder has one more signer";
    auto more = what;
    more.accounts.push_back(test_account("one more", 0));
    EXPECT_EQ(refusal(more), "genesis: there are 901 accounts, expected at most 900");
    what.remainder = test_account("remainder", 0);
    EXPECT_EQ(refusal(what), "made");
}

}  // namespace
}  // namespace strata::chain
