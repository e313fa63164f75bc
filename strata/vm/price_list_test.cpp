// Expected charges are lines of vectors/fvm-nv28/traces, which the reference VM wrote, unless a different source is
// named.
#include <gtest/gtest.h>

#include <strata/vm/price_list.hpp>

namespace strata::vm {
namespace {

const PriceList& kPrices = price_list(kFireHorse);

struct Line {
    GasCharge charge;
    std::string_view name;
    Milligas compute;
    Milligas other;
};

TEST(Prices, AreTheReferencesByNameAndSplit) {
    const Line lines[] = {
        {kPrices.on_block_open_base(), "OnBlockOpenBase", 300'000, 187'440'000},
        {kPrices.on_block_open(194, 0), "OnBlockOpen", 0, 1'940'000},
        {kPrices.on_block_open(53, 1), "OnBlockOpen", 300'000, 230'000},
        {kPrices.on_block_create(194, 0), "OnBlockCreate", 465'600, 1'474'400},
        {kPrices.on_block_create(89, 0), "OnBlockCreate", 213'600, 676'400},
        {kPrices.on_block_create(53, 1), "OnBlockCreate", 427'200, 102'800},
        {kPrices.on_block_link(194), "OnBlockLink", 2'705'600, 1'153'960'000},
        {kPrices.on_block_link(0), "OnBlockLink", 300'000, 506'000'000},
        {kPrices.on_actor_lookup(), "OnActorLookup", 0, 500'000'000},
        {kPrices.on_actor_update(), "OnActorUpdate", 0, 475'000'000},
        {kPrices.on_create_actor(true), "OnCreateActor", 0, 2'700'000'000},
        {kPrices.on_create_actor(false), "OnCreateActor", 0, 650'000'000},
        {kPrices.on_value_transfer(), "OnValueTransfer", 6'000'000, 0},
        {kPrices.on_method_invocation(1), "OnMethodInvocation", 75'300'000, 0},
        {kPrices.on_method_return(1), "OnReturnValue", 300'000, 0},
        {kPrices.on_host_call(), "OnSyscall", 14'000'000, 0},
        {kPrices.on_get_randomness(0), "OnGetRandomness", 0, 146'200'000},
        {kPrices.on_get_randomness(95), "OnGetRandomness", 0, 153'325'000},
        {kPrices.on_tipset_cid(1), "OnTipsetCid", 0, 146'275'000},
        {kPrices.on_event_emit(0, 0, 0), "OnActorEvent", 2'557'600, 148'800},
    };
    for (const auto& line : lines) {
        EXPECT_EQ(line.charge.name, line.name);
        EXPECT_EQ(line.charge.compute, line.compute) << line.name;
        EXPECT_EQ(line.charge.other, line.other) << line.name;
    }
}

// The counts and sums come from price_list.rs test_aggregate_porep_gas_charges and test_niporep_aggregate_gas_charges.
TEST(Prices, AggregateStepIsTheLastThatStartsAtOrBelowTheCount) {
    const auto price = [](std::int64_t proof, std::size_t count) {
        return kPrices.on_verify_aggregate_seals(static_cast<RegisteredSealProof>(proof), count).compute / 1000;
    };
    EXPECT_EQ(price(8, 1), 449'900U);  // fewer than the first step requires
    EXPECT_EQ(price(8, 3), 449'900U * 3);
    EXPECT_EQ(price(8, 4), 449'900U * 4 + 103'994'170);
    EXPECT_EQ(price(8, 7), 449'900U * 7 + 112'356'810);
    EXPECT_EQ(price(8, 13), 449'900U * 13 + 122'912'610);
    EXPECT_EQ(price(8, 26), 449'900U * 26 + 137'559'930);
    EXPECT_EQ(price(8, 52), 449'900U * 52 + 162'039'100);
    EXPECT_EQ(price(8, 65), 449'900U * 65 + 162'039'100);
    EXPECT_EQ(price(9, 819), 359'272U * 819 + 509'880'640);
    EXPECT_EQ(price(18, 1), 118'025'550U);
    EXPECT_EQ(price(18, 2), 44'990U * 126 * 2 + 122'912'610);
    EXPECT_EQ(price(18, 8), 44'990U * 126 * 8 + 162'039'100);
    EXPECT_EQ(price(18, 65), 44'990U * 126 * 65 + 528'274'980);
    EXPECT_EQ(price(19, 1), 115'329'958U);
    EXPECT_EQ(price(19, 65), 35'928U * 126 * 65 + 509'880'640);
    EXPECT_EQ(price(0, 1), price(8, 1));  // unknown proofs pay the prices of 32 GiB
}

// ref-fvm fvm/src/gas/price_list.rs: WATERMELON_PRICES, with the seals of TEEP_PRICES.
TEST(Prices, OfSignaturesHashesAndProofs) {
    const auto gas = [](const GasCharge& charge) { return (charge.compute + charge.other) / 1000; };
    EXPECT_EQ(gas(kPrices.on_verify_signature(SignatureKind::secp256k1, 0)), 1'637'292U);
    EXPECT_EQ(gas(kPrices.on_verify_signature(SignatureKind::secp256k1, 100)), 1'637'292U + 1'000);
    EXPECT_EQ(gas(kPrices.on_verify_signature(SignatureKind::bls, 0)), 16'598'605U);
    EXPECT_EQ(gas(kPrices.on_verify_signature(SignatureKind::bls, 100)), 16'598'605U + 2'600);
    EXPECT_EQ(gas(kPrices.on_recover_secp_public_key()), 1'637'292U);
    EXPECT_EQ(gas(kPrices.on_verify_bls_aggregate(3, 100)), 8'299'302U * 4 + 700);
    EXPECT_EQ(gas(kPrices.on_hashing(HashCode::sha2_256, 100)), 700U);
    EXPECT_EQ(gas(kPrices.on_hashing(HashCode::blake2b_256, 100)), 1'000U);
    EXPECT_EQ(gas(kPrices.on_hashing(HashCode::blake2b_512, 100)), 1'000U);
    EXPECT_EQ(gas(kPrices.on_hashing(HashCode::keccak_256, 100)), 3'300U);
    EXPECT_EQ(gas(kPrices.on_hashing(HashCode::ripemd_160, 100)), 3'500U);
    EXPECT_EQ(gas(kPrices.on_compute_unsealed_sector_cid()), 98'647U);
    EXPECT_EQ(gas(kPrices.on_verify_seal()), 42'000'000U);
    EXPECT_EQ(gas(kPrices.on_verify_post(0)), 117'680'921U);
    EXPECT_EQ(gas(kPrices.on_verify_post(2)), 117'680'921U + 2 * 43'780);
    EXPECT_EQ(gas(kPrices.on_verify_replica_update()), 36'316'136U);
    EXPECT_EQ(gas(kPrices.on_verify_consensus_fault()), 516'422U);
    EXPECT_EQ(gas(kPrices.on_chain_return_value(10)), 13'000U);
    EXPECT_EQ(gas(kPrices.on_block_stat()), 0U);
}

// Versions 25 to 29 share one price list; so do 21 to 24, and 18 to 20 (ref-fvm price_list_by_network_version).
TEST(Prices, AreChosenByNetworkVersion) {
    EXPECT_EQ(find_price_list(25), find_price_list(29));
    EXPECT_NE(find_price_list(25), nullptr);
    EXPECT_EQ(find_price_list(21), find_price_list(24));
    EXPECT_EQ(find_price_list(18), find_price_list(20));
    EXPECT_NE(find_price_list(18), find_price_list(21));
    EXPECT_NE(find_price_list(21), find_price_list(25));
    EXPECT_EQ(find_price_list(16), find_price_list(17));
    EXPECT_NE(find_price_list(17), find_price_list(18));
    EXPECT_EQ(find_price_list(15), nullptr);
    EXPECT_EQ(find_price_list(30), nullptr);
}

// ref-fvm price_list.rs WATERMELON_PRICES: a seal costs 2,000, and aggregates of non-interactive seals have no prices
// of their own.
TEST(Prices, OfVersions21To24DifferInSeals) {
    const PriceList& prices = price_list(21);
    constexpr RegisteredSealProof kNonInteractive64GiB{19};
    constexpr RegisteredSealProof k32GiB{8};
    EXPECT_EQ(prices.on_verify_seal().compute, gas(2'000));
    EXPECT_EQ(prices.on_verify_aggregate_seals(kNonInteractive64GiB, 5).compute,
              prices.on_verify_aggregate_seals(k32GiB, 5).compute);
    EXPECT_EQ(prices.on_block_open_base().compute, kPrices.on_block_open_base().compute);
}

// fvm@v3.14.1 price_list.rs HYGGE_PRICES: links are not tracked, so they cost nothing.
TEST(Prices, OfVersions18To20HaveNoneForLinks) {
    const PriceList& prices = price_list(18);
    EXPECT_EQ(prices.on_block_open_base().compute, 0U);
    EXPECT_EQ(prices.on_block_open_base().other, gas(187'440));
    EXPECT_EQ(prices.on_scan_ipld(100, 3).compute, 0U);
    EXPECT_EQ(prices.on_method_invocation(2).compute, gas(75'000));
    EXPECT_EQ(prices.on_get_root().compute, 0U);
    const auto opened = prices.on_block_open(100, 2);
    EXPECT_EQ(opened.compute + opened.other, gas(1'000));
    EXPECT_EQ(prices.on_get_randomness(900).other, gas(21'000));
}

// fvm@v3.14.2 price_list.rs HYGGE_PRICES: on_tipset_cid, on_actor_event_validate, on_actor_event_accept.
TEST(Prices, OfVersions18To20ForTipsetsAndEvents) {
    const PriceList& prices = price_list(18);
    EXPECT_EQ(prices.on_tipset_cid(1).other, gas(50'000));
    EXPECT_EQ(prices.on_tipset_cid(2).other, gas(215'000));
    EXPECT_EQ(prices.on_tipset_cid(899).other, gas(215'000));
    EXPECT_EQ(prices.on_mix_randomness(10).other, gas(58 * 10));
    EXPECT_EQ(prices.on_event_check(100).compute, gas(1'750 + 2'500 + 40 + 200));
    EXPECT_EQ(prices.on_event_keep(88).compute, gas(240));
    EXPECT_EQ(prices.on_event_keep(88).other, gas(80 + 200 + 1'000));
}

// fvm@v2.12.2 price_list.rs SKYR_PRICES.
TEST(Prices, OfVersions16And17) {
    const PriceList& prices = price_list(17);
    const Line lines[] = {
        {prices.on_chain_message(100), "OnChainMessage", gas(38'863), gas(136 * 1'300)},
        {prices.on_chain_return_value(3), "OnChainReturnValue", 0, gas(3'900)},
        {prices.on_call(false, false), "OnMethodInvocation", gas(29'233), 0},
        {prices.on_call(true, false), "OnMethodInvocation", gas(29'233 + 27'500 + 159'672), 0},
        {prices.on_call(false, true), "OnMethodInvocation", gas(29'233 - 5'377), 0},
        {prices.on_call(true, true), "OnMethodInvocation", gas(29'233 + 27'500 - 5'377), 0},
        {prices.on_host_call(), "OnSyscall", gas(14'000), 0},
        {prices.on_create_actor(true), "OnCreateActor", gas(1'108'454), gas(98'800)},
        {prices.on_create_actor(false), "OnCreateActor", gas(1'108'454), gas(98'800)},
        {prices.on_verify_signature(SignatureKind::secp256k1, 100), "OnVerifySignature", gas(1'637'292), 0},
        {prices.on_verify_signature(SignatureKind::bls, 100), "OnVerifySignature", gas(16'598'605), 0},
        {prices.on_recover_secp_public_key(), "OnRecoverSecpPublicKey", gas(1'637'292), 0},
        {prices.on_hashing(HashCode::keccak_256, 1'000), "OnHashing", gas(31'355), 0},
        {prices.on_compute_unsealed_sector_cid(), "OnComputeUnsealedSectorCid", gas(98'647), 0},
        {prices.on_verify_seal(), "OnVerifySeal", gas(2'000), 0},
        {prices.on_verify_post(2), "OnVerifyPost", gas(117'680'921 + 2 * 43'780), 0},
        {prices.on_verify_replica_update(), "OnVerifyReplicaUpdate", gas(36'316'136), 0},
        {prices.on_verify_consensus_fault(), "OnVerifyConsensusFault", gas(516'422), 0},
        {prices.on_verify_aggregate_seals(RegisteredSealProof{8}, 4), "OnVerifyAggregateSeals",
         gas(449'900 * 4 + 103'994'170), 0},
        {prices.on_get_randomness(900), "OnGetRandomness", 0, gas(21'000)},
        {prices.on_block_open_base(), "OnBlockOpenBase", gas(135'617), 0},
        {prices.on_block_open(100, 0), "OnBlockOpenPerByte", gas(1'050), 0},
        {prices.on_block_create(100, 0), "OnBlockCreate", gas(1'050), 0},
        {prices.on_block_read(100), "OnBlockRead", gas(50), 0},
        {prices.on_block_link(100), "OnBlockLink", gas(353'640 + 100), gas(130'000)},
        {prices.on_block_stat(), "OnBlockStat", 0, 0},
        {prices.on_actor_lookup(), "OnActorLookup", 0, 0},
        {prices.on_actor_update(), "OnActorUpdate", 0, 0},
    };
    for (const auto& line : lines) {
        EXPECT_EQ(line.charge.name, line.name);
        EXPECT_EQ(line.charge.compute, line.compute) << line.name;
        EXPECT_EQ(line.charge.other, line.other) << line.name;
    }
    EXPECT_EQ(prices.delete_actor_refund, gas(98'800));
}

// 0.4 gas for each byte of memory, and 8 bytes for an element of a table (fvm price_list.rs, WasmGasPrices).
TEST(Prices, OfTheMemoryOfAnInstance) {
    EXPECT_EQ(kPrices.on_memory_init(65'536).compute, 26'214'400U);
    EXPECT_EQ(kPrices.on_table_init(100).compute, 320'000U);
    EXPECT_EQ(kPrices.on_table_init(UINT64_MAX).compute, UINT64_MAX);
}

TEST(Prices, AFutureEpochCostsMoreThanThereIs) {
    EXPECT_EQ(kPrices.on_get_randomness(-1).other, UINT64_MAX);
}

}  // namespace
}  // namespace strata::vm
