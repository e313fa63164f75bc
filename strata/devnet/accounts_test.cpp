// Protects the accounts of a local network: they follow from the seed alone, are different from each other, and have
// the kinds of keys that their use needs. Sources: docs/operating.md ("Keys"); specs-actors, miner.CreateMiner: the
// worker's key is BLS, because it makes tickets.
#include <strata/devnet/accounts.hpp>

#include <gtest/gtest.h>

#include <set>

namespace strata::devnet {
namespace {

TEST(Accounts, come_from_the_seed_alone) {
    const auto a = make_accounts("x"), b = make_accounts("x"), c = make_accounts("y");
    EXPECT_EQ(a.client.address, b.client.address);
    EXPECT_NE(a.client.address, c.client.address);
    ASSERT_EQ(a.providers.size(), kProviders);
    EXPECT_NE(a.providers[0].address, a.providers[1].address);
    EXPECT_EQ(a.providers[0].address.protocol(), Address::Protocol::bls);
}

std::vector<const Account*> all_of(const Accounts& accounts) {
    std::vector<const Account*> out{&accounts.client, &accounts.faucet, &accounts.verifier, &accounts.reserve};
    for (const auto& provider : accounts.providers) out.push_back(&provider);
    return out;
}

TEST(Accounts, no_two_of_them_have_one_key) {
    const auto accounts = make_accounts("x");
    std::set<Address> addresses;
    for (const auto* account : all_of(accounts)) {
        addresses.insert(account->address);
        EXPECT_EQ(wallet::address_of(account->key).value(), account->address) << account->name;
        EXPECT_FALSE(account->name.empty());
    }
    EXPECT_EQ(addresses.size(), kProviders + 4);
}

TEST(Accounts, every_provider_can_make_tickets) {
    for (const auto& provider : make_accounts("x").providers)
        EXPECT_EQ(provider.address.protocol(), Address::Protocol::bls);
}

TEST(Accounts, neighbouring_seeds_share_nothing) {
    std::set<Address> addresses;
    std::size_t count = 0;
    for (const char* seed : {"", "0", "00", "1", "7", "7 "}) {
        const auto accounts = make_accounts(seed);
        for (const auto* account : all_of(accounts)) addresses.insert(account->address), ++count;
    }
    EXPECT_EQ(addresses.size(), count);
}

// All the FIL of genesis, 2,000,000,000, is more than the accounts with funds have: the reserve gets the rest.
TEST(Accounts, funds_leave_something_for_the_reserve) {
    TokenAmount sum;
    const auto accounts = make_accounts("x");
    for (const auto* account : all_of(accounts)) {
        EXPECT_FALSE(account->balance.is_negative());
        sum += account->balance;
    }
    EXPECT_GT(sum, TokenAmount(0));
    EXPECT_LT(sum, fil(2'000'000'000));
}

TEST(Accounts, miners_follow_the_ids_of_a_genesis) {
    // The first miner of a genesis is t01000 (docs/protocol/node.md §22).
    EXPECT_EQ(miner_address(0), Address::id(1000));
    EXPECT_EQ(miner_address(2), Address::id(1002));
}

}  // namespace
}  // namespace strata::devnet
