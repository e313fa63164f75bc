// Protects what a miner asks before it makes a block, and the price of joining. A wrong answer costs blocks or leaves a
// message without funds. Sources: answers of Lotus 1.36.2 over two recorded chains; lotus node/impl/full/state.go
// (StateMinerInitialPledgeForSector), chain/stmgr/actors.go (MinerGetBaseInfo).
#include <gmock/gmock.h>

#include <strata/api/test_node.hpp>
#include <strata/api/test_recorded_api.hpp>

namespace strata::api {
namespace {

using testing::kRecorded;
using testing::recorded;

TEST(ApiMining, answers_are_those_of_lotus) {
    testing::expect_answers_of_lotus(
        {"MinerGetBaseInfo", "StateGetBeaconEntry", "StateMinerInitialPledgeForSector", "StateMinerCreationDeposit"});
}

TEST(ApiMining, the_first_api_has_the_beacon_under_its_old_name) {
    auto& chain = recorded("real");
    for (const auto& sample : chain.lotus.samples) {
        if (sample["method"] != "StateGetBeaconEntry") continue;
        EXPECT_EQ(chain.api.result("BeaconGetEntry", Json::parse(sample["params"].dump()), "/rpc/v0"),
                  Json::parse(sample["result"].dump()));
    }
}

TEST(ApiMining, a_pledge_needs_a_sector_that_can_be) {
    auto& chain = recorded("real");
    const auto ask = [&](const Json& duration, const Json& size, const Json& verified) {
        return chain.api.error("StateMinerInitialPledgeForSector", {duration, size, verified, chain.head()});
    };
    // Lotus refuses the same values (node/impl/full/state.go).
    EXPECT_EQ(ask(0, 2048, 0), "the sector's duration is 0 epochs, expected at least 1");
    EXPECT_EQ(ask(-5, 2048, 0), "the sector's duration is -5 epochs, expected at least 1");
    EXPECT_EQ(ask(518400, 0, 0), "the sector's size is 0, expected at least 1 byte");
    EXPECT_EQ(ask(518400, 2048, 2049), "the verified deals have 2049 bytes, expected at most 2048, the sector's size");
}

// Verified data has ten times the quality (FIP-0003), and in so small a network the pledge is the sum of a
// consensus pledge and a storage pledge, which both grow with quality.
TEST(ApiMining, verified_data_raises_the_pledge) {
    auto& chain = recorded("real");
    const auto pledge = [&](std::uint64_t verified) {
        return std::stoull(chain.api.result("StateMinerInitialPledgeForSector", {518400, 2048, verified, chain.head()})
                               .get<std::string>());
    };
    EXPECT_LT(pledge(0), pledge(1024));
    EXPECT_LT(pledge(1024), pledge(2048));
}

Json precommit(ChainEpoch expiration, const Json& deals = nullptr) {
    return {{"SealProof", 5}, {"SectorNumber", 7}, {"DealIDs", deals}, {"Expiration", expiration}};
}

// Source: lotus node/impl/full/state.go (StateMinerInitialPledgeCollateral).
TEST(ApiMining, the_pledge_of_a_precommitment_without_deals) {
    auto& chain = recorded("real");
    const ChainEpoch expiration = chain.lotus.head->height() + 518400;
    const char* method = "StateMinerInitialPledgeCollateral";
    EXPECT_EQ(chain.api.result(method, {"t01000", precommit(expiration), chain.head()}),
              chain.api.result("StateMinerInitialPledgeForSector", {518400, 2048, 0, chain.head()}));
    EXPECT_THAT(chain.api.error(method, {"t01000", precommit(expiration, {1}), chain.head()}),
                ::testing::HasSubstr("names deals"));
    EXPECT_THAT(chain.api.error(method, {"t01000", precommit(0), chain.head()}), ::testing::HasSubstr("duration"));
}

// On the recorded chains Lotus' own miner pre-committed sectors, and the FVM wrote the deposit that it took into the
// state. StateMinerPreCommitDepositForPower adds a tenth (lotus node/impl/full/state.go: initialPledgeNum).
TEST(ApiMining, the_deposit_of_a_precommitment_is_what_the_chain_took) {
    for (const auto& [name, epoch] : {std::pair("real", 41), std::pair("long", 752)}) {
        auto& chain = recorded(name);
        const auto at = [&](ChainEpoch height) {
            return chain.api.result("ChainGetTipSetAfterHeight", {height, chain.head()})["Cids"];
        };
        int found = 0;
        for (const int sector : {2, 3, 4}) {
            const auto taken = chain.api.result("StateSectorPreCommitInfo", {"t01000", sector, at(epoch + 1)});
            if (taken.is_null()) continue;
            ++found;
            const auto deposit = BigInt::parse(taken["PreCommitDeposit"].get<std::string>()).value();
            EXPECT_EQ(chain.api.result("StateMinerPreCommitDepositForPower", {"t01000", taken["Info"], at(epoch)}),
                      div_floor(deposit * BigInt(110), 100).to_string());
        }
        EXPECT_GT(found, 0) << name;
    }
    auto& chain = recorded("real");
    EXPECT_THAT(chain.api.error("StateMinerPreCommitDepositForPower", {"t01000", {{"SealProof", 99}}, chain.head()}),
                ::testing::HasSubstr("expected 0 to 19"));
}

class ApiCreateBlock : public testing::TestNode {
  protected:
    /// Returns what a miner's program gives to MinerCreateBlock (lotus api.BlockTemplate).
    Json won() {
        for (ChainEpoch epoch = height() + 1;; ++epoch) {
            for (ActorId id = 1000; id < 1003; ++id) {
                chain::BlockProducer producer(*node, wallet, beacon, prover);
                auto win = producer.check_win(Address::id(id), node->head(), epoch).value();
                if (!win) continue;
                EXPECT_TRUE(producer.prove(*win));
                BlockHeader header;  // prints the values that a template has, too
                header.ticket = win->ticket;
                header.election_proof = win->election;
                header.beacon_entries = win->beacon_entries;
                header.win_post_proof = win->proof;
                const auto printed = Printer('t')(header);
                return {{"Miner", text(Address::id(id))},
                        {"Parents", result("ChainHead")["Cids"]},
                        {"Ticket", printed["Ticket"]},
                        {"Eproof", printed["ElectionProof"]},
                        {"BeaconValues", printed["BeaconEntries"]},
                        {"Messages", result("MpoolSelect", {nullptr, 1})},
                        {"Epoch", epoch},
                        {"Timestamp", network.timestamp_at(epoch)},
                        {"WinningPoStProof", printed["WinPoStProof"]}};
            }
        }
    }
};

// Lotus' miner asks for a block, and hands in what it gets (lotus miner/miner.go).
TEST_F(ApiCreateBlock, a_created_block_becomes_the_head) {
    mine_at(1);
    const auto cid = push(transfer(0, Address::id(101)));
    const auto given = won();
    const auto block = result("MinerCreateBlock", {given});
    const auto& header = block["Header"];
    EXPECT_EQ(block["BlsMessages"].size() + block["SecpkMessages"].size(), 1U) << block;
    for (const auto& [member, from] :
         {std::pair("Miner", "Miner"), std::pair("Ticket", "Ticket"), std::pair("ElectionProof", "Eproof"),
          std::pair("Height", "Epoch"), std::pair("BeaconEntries", "BeaconValues"), std::pair("Parents", "Parents"),
          std::pair("Timestamp", "Timestamp"), std::pair("WinPoStProof", "WinningPoStProof")})
        EXPECT_EQ(header[member], given[from]) << member;
    EXPECT_EQ(result("ChainHead")["Height"], 1);  // nobody has it yet
    EXPECT_EQ(result("SyncSubmitBlock", {block}), Json());
    EXPECT_EQ(result("ChainHead")["Blocks"][0], header);
    mine_at(height() + 1);
    EXPECT_EQ(result("StateSearchMsg", {nullptr, cid, -1, true})["Receipt"]["ExitCode"], 0);
}

// A second block of one epoch is what consensus punishes (lotus chain/gen/slashfilter).
TEST_F(ApiCreateBlock, no_second_block_of_an_epoch_is_signed) {
    mine_at(1);
    auto given = won();
    const auto first = result("MinerCreateBlock", {given});
    EXPECT_EQ(result("MinerCreateBlock", {given}), first);
    given["Timestamp"] = given["Timestamp"].get<std::uint64_t>() + 1;
    EXPECT_THAT(message("MinerCreateBlock", {given}), ::testing::HasSubstr("double-fork mining"));
}

TEST_F(ApiCreateBlock, a_block_needs_a_miner_whose_key_is_here) {
    mine_at(1);
    auto given = won();
    given["Epoch"] = height();
    EXPECT_THAT(message("MinerCreateBlock", {given}), ::testing::HasSubstr("expected more than"));
    given["Epoch"] = height() + 1;
    given["Miner"] = "t0101";
    EXPECT_EQ(code("MinerCreateBlock", {given}), 1);
    EXPECT_EQ(code("MinerCreateBlock", {nullptr}), -32700);
}

class ApiSolstice : public testing::TestNode {
  protected:
    ApiSolstice() { network.upgrades.move("Xx", 2); }
};

// Source: forest 0.39.0 src/rpc/methods/state.rs.
TEST_F(ApiSolstice, a_precommitment_does_not_describe_a_pledge) {
    mine_to(4);
    const auto answer = json_of(
        service->handle(post(call_of("StateMinerInitialPledgeCollateral", {"t01000", precommit(518400), nullptr}))));
    ASSERT_TRUE(answer.contains("error")) << answer;
    EXPECT_THAT(answer["error"]["message"].get<std::string>(),
                ::testing::HasSubstr("use StateMinerInitialPledgeForSector"));
}

TEST(ApiMining, a_block_lies_above_its_base_and_not_too_far) {
    for (const auto& name : kRecorded) {
        auto& chain = recorded(name);
        const auto head = chain.lotus.head->height();
        for (const ChainEpoch epoch :
             {ChainEpoch{-1}, ChainEpoch{0}, head - 1, head, head + 901, ChainEpoch{INT64_MAX}})
            EXPECT_EQ(chain.api.code("MinerGetBaseInfo", {"t01000", epoch, chain.head()}), 1) << epoch;
        EXPECT_EQ(chain.api.code("MinerGetBaseInfo", {"t01", head + 1, chain.head()}), 1) << "this is not a miner";
    }
}

}  // namespace
}  // namespace strata::api
