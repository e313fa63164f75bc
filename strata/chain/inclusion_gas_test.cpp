// Source: lotus chain/vm/gas.go (Prices at epoch 0, Calico and Hygge) and gas_v0.go: base + (36 + length) * price of a
// byte; docs/protocol/fvm.md §3.3 for the VM's charge.
#include <strata/chain/inclusion_gas.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_recorded.hpp>

namespace strata::chain {
namespace {

TEST(InclusionGas, follows_the_price_lists_of_lotus) {
    Network mainnet;
    mainnet.upgrades = mainnet_upgrades();
    EXPECT_EQ(inclusion_price_at(mainnet, 265'199), (InclusionPrice{38'863, 1'000}));
    EXPECT_EQ(inclusion_price_at(mainnet, 265'200), (InclusionPrice{38'863, 1'300}));
    EXPECT_EQ(inclusion_price_at(mainnet, 2'683'347), (InclusionPrice{38'863, 1'300}));
    EXPECT_EQ(inclusion_price_at(mainnet, 2'683'348), (InclusionPrice{513'863, 1'300}));
    EXPECT_EQ(least_gas_limit(mainnet, 6'000'000, 100), 513'863 + 1'300 * 136);
    // All heights are negative, so the list of epoch 0 stays in force.
    EXPECT_EQ(inclusion_price_at(devnet_2k(), 1'000'000), (InclusionPrice{38'863, 1'000}));
    EXPECT_EQ(least_gas_limit(devnet_2k(), 786, 100), 38'863 + 1'000 * 136);
    // The VM's charge is that of public networks.
    EXPECT_EQ(vm_inclusion_gas(kFireHorse, 100), 513'863 + 1'300 * 136);
}

// The newest list whose height is at most the epoch counts, whatever the order of the heights.
TEST(InclusionGas, the_newest_list_counts) {
    Network network = devnet_2k();
    network.upgrades.move("Hygge", 100);
    EXPECT_EQ(inclusion_price_at(network, 99), (InclusionPrice{38'863, 1'000}));
    EXPECT_EQ(inclusion_price_at(network, 100), (InclusionPrice{513'863, 1'300}));
    network.upgrades.move("Calico", 200);
    EXPECT_EQ(inclusion_price_at(network, 150), (InclusionPrice{513'863, 1'300}));
    EXPECT_EQ(inclusion_price_at(network, 200), (InclusionPrice{38'863, 1'300})) << "Calico came last here";
    // A list at epoch 0 is the one of genesis (PricelistByEpoch starts with it).
    network.upgrades.move("Hygge", 0);
    EXPECT_EQ(inclusion_price_at(network, 1), (InclusionPrice{38'863, 1'000}));
    const Network unnamed;
    EXPECT_EQ(inclusion_price_at(unnamed, 1'000'000), (InclusionPrice{38'863, 1'000}));
}

TEST(InclusionGas, an_empty_and_a_large_message) {
    EXPECT_EQ(least_gas_limit(devnet_2k(), 1, 0), 38'863 + 36'000);
    EXPECT_EQ(least_gas_limit(devnet_2k(), 1, 2'097'152), 38'863 + 1'000 * (std::int64_t{2'097'152} + 36));
    EXPECT_EQ(vm_inclusion_gas(kFireHorse, 0), 513'863 + 1'300 * 36);
}

// Lotus accepted every message of the recorded chain, so each has at least the gas of its length; and a limit below the
// VM's charge gives a receipt with no gas at all, which happens once on that chain (vectors/lotus-devnet/README.md).
TEST(InclusionGas, messages_of_a_recorded_chain) {
    auto& history = testing::RecordedChain::with_long_history();
    int messages = 0, below_the_vms_charge = 0;
    for (const auto& tipset : history.tipsets) {
        const auto listed = history.store.messages(tipset->min_ticket_block()).value();
        std::vector<std::pair<std::int64_t, std::size_t>> all;
        for (const auto& message : listed.bls) all.emplace_back(message.gas_limit, to_cbor(message).size());
        for (const auto& message : listed.secp) all.emplace_back(message.message.gas_limit, message.chain_length());
        for (const auto& [limit, length] : all) {
            EXPECT_GE(limit, least_gas_limit(history.network, tipset->height(), length)) << tipset->height();
            if (limit < vm_inclusion_gas(kFireHorse, length)) ++below_the_vms_charge;
            ++messages;
        }
    }
    EXPECT_EQ(messages, 119);
    EXPECT_EQ(below_the_vms_charge, 1);
}

}  // namespace
}  // namespace strata::chain
