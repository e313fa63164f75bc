// Protects the bytes that the provider sends to its miner actor. A field in the wrong place costs a deposit. Sources:
// go-state-types builtin/v18/miner (order of the fields: PreCommitSectorBatchParams2, ProveCommitSectors3Params,
// SubmitWindowedPoStParams, DeclareFaultsParams, WithdrawBalanceParams), with the bytes of RFC 8949 and RLE+ written
// out by hand; and the messages that lotus-miner 1.36.2 put on the recorded chains.
#include <strata/provider/miner_messages.hpp>

#include <gtest/gtest.h>

#include <strata/actors/miner/messages.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/test_recorded_node.hpp>
#include <strata/proofs/piece/commitment.hpp>

namespace strata::provider {
namespace {

namespace miner = actors::miner;

SectorRecord record_of(SectorNumber number) {
    SectorRecord out;
    out.number = number;
    out.proof = RegisteredSealProof{5};
    out.ticket_epoch = 100;
    out.expiration = 1000;
    out.comm_r.fill(0x11);
    out.comm_d.fill(0x22);
    out.seal_proof = {0xaa, 0xbb};
    return out;
}
SectorPiece piece_of(const std::optional<PieceDeal>& deal) {
    return {{1024, proofs::piece_cid(proofs::zero_commitment(1024))}, 0, deal, !deal};
}

// 81: a list of one; 87: a tuple of seven: proof 5, number 7, sealed CID (tag 42), epoch 100, no deals, expiration
// 1000, and null where a sector has no data.
TEST(MinerMessages, a_pre_commitment_of_a_sector_without_data) {
    const auto call = pre_commit_sectors(std::vector{record_of(7)});
    EXPECT_EQ(call.method, 28U);
    const std::string sealed =
        "d82a5829"
        "00"
        "0182e20381e80220" +
        std::string(64, '1');
    EXPECT_EQ(to_hex(call.params),
              "8181"
              "87"
              "05"
              "07" +
                  sealed +
                  "1864"
                  "80"
                  "1903e8"
                  "f6");
}

TEST(MinerMessages, a_pre_commitment_with_data_names_the_commitment_and_no_deal) {
    auto record = record_of(7);
    record.pieces = {piece_of(PieceDeal{77, 2000, 3000, std::nullopt}), piece_of(std::nullopt)};
    const auto params = from_cbor<miner::PreCommitSectorBatchParams2>(pre_commit_sectors(std::vector{record}).params);
    ASSERT_TRUE(params);
    ASSERT_EQ(params->sectors.size(), 1U);
    EXPECT_EQ(params->sectors[0].unsealed_cid, proofs::piece_cid(record.comm_d));
    // Deals that are named here could never be proven (docs/protocol/storage.md §19 (1)).
    EXPECT_TRUE(params->sectors[0].deal_ids.empty());
}

TEST(MinerMessages, a_proof_tells_the_market_of_each_deal_and_claims_allocations) {
    auto record = record_of(7);
    record.pieces = {piece_of(PieceDeal{77, 2000, 3000, std::nullopt}),
                     piece_of(PieceDeal{300, 2000, 3000, std::pair<ActorId, std::uint64_t>(102, 9)}),
                     piece_of(std::nullopt)};
    const auto call = prove_commit_sectors(std::vector{record});
    EXPECT_EQ(call.method, 34U);
    const auto params = from_cbor<miner::ProveCommitSectors3Params>(call.params);
    ASSERT_TRUE(params);
    ASSERT_EQ(params->sector_activations.size(), 1U);
    EXPECT_EQ(params->sector_proofs, std::vector<Bytes>{record.seal_proof});
    EXPECT_TRUE(params->aggregate_proof.empty());
    EXPECT_FALSE(params->aggregate_proof_type);
    const auto& pieces = params->sector_activations[0].pieces;
    ASSERT_EQ(pieces.size(), 3U);
    // The market actor is f05, and its payload is the deal's ID in CBOR (docs/protocol/storage.md §2.4).
    ASSERT_EQ(pieces[0].notify.size(), 1U);
    EXPECT_EQ(pieces[0].notify[0].address, Address::id(5));
    EXPECT_EQ(to_hex(pieces[0].notify[0].payload), "184d");
    EXPECT_FALSE(pieces[0].verified_allocation_key);
    EXPECT_EQ(to_hex(pieces[1].notify[0].payload), "19012c");
    ASSERT_TRUE(pieces[1].verified_allocation_key);
    EXPECT_EQ(to_hex(to_cbor(*pieces[1].verified_allocation_key)),
              "82"
              "1866"
              "09");
    EXPECT_TRUE(pieces[2].notify.empty()) << "nobody waits for a filler";
    // A sector whose deal is refused must not become active.
    EXPECT_TRUE(params->require_activation_success && params->require_notification_success);
}

// Faults of sectors 1 and 2 in partition 3 of deadline 4. The bit field is RLE+ version 0: 00 for the version, a 0 bit
// since the first run is of zeros, 1 for a run of length one, 01 and 0100 for a run of two. Lowest bits come first, and
// zeros at the end are left out.
TEST(MinerMessages, declarations_name_deadline_partition_and_sectors) {
    const auto call = declare_faults({{4, 3, BitField{1, 2}}});
    EXPECT_EQ(call.method, 10U);
    EXPECT_EQ(to_hex(call.params),
              "8181"
              "83"
              "04"
              "03"
              "41"
              "a8");
    const auto recovered = declare_faults_recovered({{4, 3, BitField{1, 2}}});
    EXPECT_EQ(recovered.method, 11U);
    EXPECT_EQ(recovered.params, call.params);
}

// 1 FIL is 10^18 attoFIL: a big integer is a byte string with the sign first.
TEST(MinerMessages, a_withdrawal) {
    const auto call = withdraw_balance(fil(1));
    EXPECT_EQ(call.method, 16U);
    EXPECT_EQ(to_hex(call.params),
              "81"
              "49"
              "00"
              "0de0b6b3a7640000");
}

/// All messages of a recorded chain to its miner, by method.
std::multimap<MethodNumber, Bytes> messages_to_miner(const char* name) {
    chain::testing::RecordedNode lotus(name);
    std::multimap<MethodNumber, Bytes> out;
    for (auto at = lotus.head; at->height() > 0;) {
        for (const auto& block : at->blocks()) {
            const auto messages = lotus.node->messages(block);
            EXPECT_TRUE(messages);
            const auto take = [&](const Message& message) {
                if (message.to == Address::id(1000)) out.emplace(message.method, message.params);
            };
            for (const auto& message : messages->bls) take(message);
            for (const auto& message : messages->secp) take(message.message);
        }
        at = lotus.node->parent(*at).value();
    }
    return out;
}

// The messages of lotus-miner are taken apart, and our functions put the same bytes together again.
TEST(MinerMessages, the_messages_of_lotus_miner_come_out_again) {
    int pre_commits = 0, proofs = 0, posts = 0;
    for (const char* name : {"real", "long"}) {
        for (const auto& [method, bytes] : messages_to_miner(name)) {
            if (method == 28) {
                const auto params = from_cbor<miner::PreCommitSectorBatchParams2>(bytes);
                ASSERT_TRUE(params);
                std::vector<SectorRecord> records;
                for (const auto& info : params->sectors) {
                    auto& record = records.emplace_back();
                    record.number = info.sector_number;
                    record.proof = info.seal_proof;
                    record.ticket_epoch = info.seal_rand_epoch;
                    record.expiration = info.expiration;
                    std::ranges::copy(info.sealed_cid.digest(), record.comm_r.begin());
                    if (!info.unsealed_cid) continue;
                    std::ranges::copy(info.unsealed_cid->digest(), record.comm_d.begin());
                    record.pieces = {piece_of(PieceDeal{})};
                }
                EXPECT_EQ(to_hex(pre_commit_sectors(records).params), to_hex(bytes)) << name;
                ++pre_commits;
            } else if (method == 34) {
                const auto params = from_cbor<miner::ProveCommitSectors3Params>(bytes);
                ASSERT_TRUE(params);
                if (!params->aggregate_proof.empty()) continue;  // this provider sends none
                std::vector<SectorRecord> records;
                for (std::size_t i = 0; i < params->sector_activations.size(); ++i) {
                    const auto& manifest = params->sector_activations[i];
                    auto& record = records.emplace_back();
                    record.number = manifest.sector_number;
                    record.seal_proof = params->sector_proofs.at(i);
                    for (const auto& piece : manifest.pieces) {
                        SectorPiece ours{{piece.size, piece.cid}, 0, std::nullopt, piece.notify.empty()};
                        if (!piece.notify.empty())
                            ours.deal = PieceDeal{from_cbor<DealId>(piece.notify[0].payload).value(), 0, 0, {}};
                        record.pieces.push_back(std::move(ours));
                    }
                }
                // Lotus lets the rest of a batch pass where one sector fails; this provider does not.
                auto ours = from_cbor<miner::ProveCommitSectors3Params>(prove_commit_sectors(records).params);
                ASSERT_TRUE(ours);
                ours->require_activation_success = params->require_activation_success;
                ours->require_notification_success = params->require_notification_success;
                EXPECT_EQ(to_hex(to_cbor(*ours)), to_hex(bytes)) << name;
                ++proofs;
            } else if (method == 5) {
                const auto params = from_cbor<miner::SubmitWindowedPoStParams>(bytes);
                ASSERT_TRUE(params);
                ASSERT_EQ(params->proofs.size(), 1U);
                Hash256 randomness{};
                ASSERT_EQ(params->chain_commit_rand.size(), randomness.size());
                std::ranges::copy(params->chain_commit_rand, randomness.begin());
                const auto call = submit_windowed_post(params->deadline, params->partitions, params->proofs[0],
                                                       params->chain_commit_epoch, randomness);
                EXPECT_EQ(call.method, method);
                EXPECT_EQ(to_hex(call.params), to_hex(bytes)) << name;
                ++posts;
            }
        }
    }
    std::printf("lotus-miner's messages: %d pre-commitments, %d proofs, %d window proofs\n", pre_commits, proofs,
                posts);
    EXPECT_GT(pre_commits, 0);
    EXPECT_GT(posts, 0);
}

}  // namespace
}  // namespace strata::provider
