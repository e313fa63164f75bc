// Protects the JSON of sectors, deals, allocations and claims: names of fields, and which numbers are strings. Source:
// the examples in lotus documentation/en/api-v1-unstable-methods.md (StateSectorGetInfo, StateMarketStorageDeal,
// StateGetAllocation, StateGetClaim, StateMinerInfo, StateGetActor). The values are those of the examples, except
// for CIDs and addresses.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <strata/actors/market/types.hpp>
#include <strata/actors/miner/types.hpp>
#include <strata/actors/read/market.hpp>
#include <strata/actors/verifreg/state.hpp>
#include <strata/api/json.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::api {
namespace {

const Printer kPrint('f');
const Cid kCid = Cid::hash_of(Codec::raw, as_bytes("block"));
const Json kLink{{"/", kCid.to_string()}};

TEST(JsonActors, an_actor) {
    vm::ActorState actor{kCid, kCid, 42, TokenAmount(0), Address::id(1234)};
    Json expected{{"Code", kLink}, {"Head", kLink}, {"Nonce", 42}, {"Balance", "0"}, {"DelegatedAddress", "f01234"}};
    EXPECT_EQ(kPrint(actor), expected);
    actor.delegated_address.reset();
    expected["DelegatedAddress"] = nullptr;
    EXPECT_EQ(kPrint(actor), expected);
}

TEST(JsonActors, a_sector) {
    actors::miner::SectorOnChainInfo sector;
    sector.sector_number = 9;
    sector.seal_proof = RegisteredSealProof{8};
    sector.sealed_cid = kCid;
    sector.activation = sector.expiration = sector.power_base_epoch = 10101;
    sector.expected_day_reward = sector.expected_storage_pledge = sector.replaced_day_reward = TokenAmount(0);
    Json expected{{"SectorNumber", 9},
                  {"SealProof", 8},
                  {"SealedCID", kLink},
                  {"Activation", 10101},
                  {"Expiration", 10101},
                  {"DealWeight", "0"},
                  {"VerifiedDealWeight", "0"},
                  {"InitialPledge", "0"},
                  {"ExpectedDayReward", "0"},
                  {"ExpectedStoragePledge", "0"},
                  {"PowerBaseEpoch", 10101},
                  {"ReplacedDayReward", "0"},
                  {"SectorKeyCID", nullptr},
                  {"Flags", 0},
                  {"DailyFee", "0"}};
    EXPECT_EQ(kPrint(sector), expected);
    // Since FIP-0098 new sectors have none of the three rewards, which Go prints as null.
    for (auto* amount : {&sector.expected_day_reward, &sector.expected_storage_pledge, &sector.replaced_day_reward})
        amount->reset();
    sector.sector_key_cid = kCid;
    for (const char* field : {"ExpectedDayReward", "ExpectedStoragePledge", "ReplacedDayReward"})
        expected[field] = nullptr;
    expected["SectorKeyCID"] = kLink;
    EXPECT_EQ(kPrint(sector), expected);
}

TEST(JsonActors, a_deal) {
    actors::market::Deal deal;
    auto& proposal = deal.proposal;
    proposal.piece_cid = kCid;
    proposal.piece_size = 1032;
    proposal.verified_deal = true;
    proposal.client = proposal.provider = Address::id(1234);
    proposal.start_epoch = proposal.end_epoch = 10101;
    deal.state = {9, 10101, 10101, 10101};
    Json expected{
        {"Proposal",
         {{"PieceCID", kLink},
          {"PieceSize", 1032},
          {"VerifiedDeal", true},
          {"Client", "f01234"},
          {"Provider", "f01234"},
          {"Label", ""},
          {"StartEpoch", 10101},
          {"EndEpoch", 10101},
          {"StoragePricePerEpoch", "0"},
          {"ProviderCollateral", "0"},
          {"ClientCollateral", "0"}}},
        {"State",
         {{"SectorNumber", 9}, {"SectorStartEpoch", 10101}, {"LastUpdatedEpoch", 10101}, {"SlashEpoch", 10101}}}};
    EXPECT_EQ(kPrint(deal), expected);
    // A label of bytes is base64 here; Lotus cannot print it (docs/known_gaps.md). "AQI=" is RFC 4648 of 01 02.
    proposal.label.value = Bytes{1, 2};
    expected["Proposal"]["Label"] = "AQI=";
    EXPECT_EQ(kPrint(deal), expected);
}

TEST(JsonActors, a_deal_that_no_sector_has_yet) {
    // The undefined epoch is -1 (go-state-types builtin/v18/market, EpochUndefined).
    const auto state = kPrint(actors::market::Deal{})["State"];
    for (const char* field : {"SectorStartEpoch", "LastUpdatedEpoch", "SlashEpoch"}) EXPECT_EQ(state[field], -1);
}

TEST(JsonActors, an_allocation_and_a_claim) {
    EXPECT_EQ(kPrint(actors::verifreg::Allocation{1000, 1001, kCid, 1032, 10101, 10102, 10103}),
              (Json{{"Client", 1000},
                    {"Provider", 1001},
                    {"Data", kLink},
                    {"Size", 1032},
                    {"TermMin", 10101},
                    {"TermMax", 10102},
                    {"Expiration", 10103}}));
    EXPECT_EQ(kPrint(actors::verifreg::Claim{1000, 1001, kCid, 1032, 10101, 10102, 10103, 9}),
              (Json{{"Provider", 1000},
                    {"Client", 1001},
                    {"Data", kLink},
                    {"Size", 1032},
                    {"TermMin", 10101},
                    {"TermMax", 10102},
                    {"TermStart", 10103},
                    {"Sector", 9}}));
}

TEST(JsonActors, a_beneficiary_and_one_that_is_proposed) {
    EXPECT_EQ(kPrint(actors::miner::BeneficiaryTerm{fil(2), TokenAmount(7), 10101}),
              (Json{{"Quota", "2000000000000000000"}, {"UsedQuota", "7"}, {"Expiration", 10101}}));
    EXPECT_EQ(kPrint(actors::miner::PendingBeneficiaryChange{Address::id(1234), TokenAmount(5), 10101, true, false}),
              (Json{{"NewBeneficiary", "f01234"},
                    {"NewQuota", "5"},
                    {"NewExpiration", 10101},
                    {"ApprovedByBeneficiary", true},
                    {"ApprovedByNominee", false}}));
}

TEST(JsonActors, a_market_balance) {
    EXPECT_EQ(kPrint(actors::read::Escrow{fil(1), TokenAmount(5)}),
              (Json{{"Escrow", "1000000000000000000"}, {"Locked", "5"}}));
}

}  // namespace
}  // namespace strata::api
