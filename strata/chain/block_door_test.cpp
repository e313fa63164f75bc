// Checks the verdicts on gossiped blocks, in the order and with the rule names of Lotus (chain/consensus/iface.go
// ValidateBlockPubsub, chain/consensus/filcns/filecoin.go ValidateBlockHeader, chain/sub/incoming.go).
#include <strata/chain/block_door.hpp>

#include <gtest/gtest.h>

#include <strata/chain/execution.hpp>
#include <strata/chain/test_nodes.hpp>

namespace strata::chain {
namespace {

class BlockDoorTest : public ::testing::Test {
  protected:
    BlockDoorTest() : node(nodes[0]), block(nodes.mine(*node, node->head(), {.miner = 0})), now(nodes.time_of(block)) {}

    static BlockMsg message_of(const FullBlock& full) {
        BlockMsg out{full.header, {}, {}};
        for (const auto& message : full.messages.bls) out.bls_messages.push_back(message.cid());
        return out;
    }
    void expect(const BlockMsg& message, Verdict verdict, const std::string& rule) {
        const auto writes = node.blocks.writes();
        const auto decision = node->door().check(message, now);
        EXPECT_EQ(decision.verdict, verdict) << decision.reason;
        EXPECT_EQ(decision.rule, rule) << decision.reason;
        EXPECT_EQ(node.blocks.writes(), writes);  // nothing is stored or executed
    }
    void expect_changed(const std::function<void(BlockHeader&)>& edit, Verdict verdict, const std::string& rule) {
        expect(message_of(nodes.resigned(block, edit)), verdict, rule);
    }

    testing::Nodes nodes{1};
    testing::TestNode& node;
    FullBlock block;
    std::uint64_t now;
};

TEST_F(BlockDoorTest, a_good_block_is_accepted_once) {
    expect(message_of(block), Verdict::accept, "");
    expect(message_of(block), Verdict::ignore, "already_seen");
}

// Lotus passes on any number of blocks of a miner. The limit is ours, and leaves more than an honest miner can need.
TEST_F(BlockDoorTest, a_miner_that_signs_many_blocks_is_ignored_until_the_next_epoch) {
    const auto copy = [&](std::uint64_t i) {
        return message_of(nodes.resigned(block, [i](BlockHeader& header) { header.fork_signaling = i; }));
    };
    for (std::uint64_t i = 1; i <= BlockDoor::kBlocksOfMiner; ++i) expect(copy(i), Verdict::accept, "");
    expect(copy(100), Verdict::ignore, "too_many_of_miner");
    expect(message_of(nodes.mine(*node, node->head(), {.miner = 1})), Verdict::accept, "");
    now += nodes.network().block_delay;
    expect(copy(100), Verdict::accept, "");
}

TEST_F(BlockDoorTest, bytes_that_are_no_block_are_rejected) {
    const auto decision = node->door().check(Bytes{0x83, 0x01}, now);
    EXPECT_EQ(decision.verdict, Verdict::reject);
    EXPECT_EQ(decision.rule, "invalid");
    EXPECT_EQ(node->door().check(to_cbor(message_of(block)), now).verdict, Verdict::accept);
}

TEST_F(BlockDoorTest, messages_are_counted_before_anything_else) {
    auto message = message_of(block);
    message.header.block_sig.reset();
    message.bls_messages.assign(10'001, block.header.cid());
    expect(message, Verdict::reject, "too_many_messages");
}

TEST_F(BlockDoorTest, a_block_without_signature_is_rejected_whatever_its_height) {
    auto message = message_of(block);
    message.header.block_sig.reset();
    message.header.height = 1'000'000;
    expect(message, Verdict::reject, "missing_signature");
}

// Such blocks are ignored rather than rejected, so that a network that lost its head for a while does not fall apart
// (comment in ValidateBlockPubsub).
TEST_F(BlockDoorTest, heights_far_from_head_or_clock_are_ignored_before_the_lists_are_hashed) {
    const auto clock = static_cast<ChainEpoch>((now - testing::Nodes::kGenesisTime) / 4);
    for (const auto& [height, verdict, rule] :
         {std::tuple(clock + 6, Verdict::ignore, "invalid_block_height"), std::tuple(clock + 5, Verdict::accept, ""),
          std::tuple(ChainEpoch{-901}, Verdict::ignore, "invalid_block_height")}) {
        auto message = message_of(nodes.resigned(block, [h = height](BlockHeader& header) { header.height = h; }));
        expect(message, verdict, rule);
    }
    auto message = message_of(nodes.resigned(block, [&](BlockHeader& header) { header.height = clock + 6; }));
    message.bls_messages.push_back(block.header.cid());
    expect(message, Verdict::ignore, "invalid_block_height");
    // A height 900 below the head is in range, and 901 below is not.
    EXPECT_TRUE(is_in_consensus_range(nodes.network(), 100, 1'000, now + 10'000));
    EXPECT_FALSE(is_in_consensus_range(nodes.network(), 99, 1'000, now + 10'000));
}

TEST_F(BlockDoorTest, lists_that_are_not_the_headers_are_rejected) {
    auto message = message_of(block);
    message.bls_messages.push_back(block.header.cid());
    expect(message, Verdict::reject, "invalid_block_meta");
    // The same holds for a block that was accepted before with its own lists.
    expect(message_of(block), Verdict::accept, "");
    expect(message, Verdict::reject, "invalid_block_meta");
}

// Source: checkPowerAndGetWorkerKey. A failed lookup is a soft failure; a miner without power is a hard failure only
// near the head.
TEST_F(BlockDoorTest, an_unknown_miner_is_ignored_and_one_without_power_rejected) {
    auto message = message_of(block);
    message.header.miner = Address::id(5'000);
    expect(message, Verdict::ignore, "");
    const auto decision = node->door().check(message, now);
    EXPECT_NE(decision.reason.find("f05000"), std::string::npos) << decision.reason;
}

TEST_F(BlockDoorTest, a_block_that_does_not_win_is_rejected_before_its_signature_is_checked) {
    auto message = message_of(block);
    message.header.election_proof->win_count = 0;
    expect(message, Verdict::reject, "not_winning");
    message.header.election_proof.reset();
    expect(message, Verdict::reject, "not_winning");
}

// A wrong signature is rejected however old the head is.
TEST_F(BlockDoorTest, a_wrong_signature_is_rejected) {
    auto message = message_of(block);
    message.header.block_sig->data.back() ^= 1;
    expect(message, Verdict::reject, "signature_verification_failed");
    now += 7 * 60 * 60;
    message.header.height = 5'000;
    expect(message, Verdict::reject, "signature_verification_failed");
}

// The gossip validator of Lotus never consults the known bad blocks: the peers may be right and we wrong.
TEST_F(BlockDoorTest, a_block_that_is_bad_here_is_not_rejected) {
    const auto wrong = nodes.resigned(block, [](BlockHeader& header) { header.parent_state_root = header.messages; });
    EXPECT_FALSE(node->submit_block(wrong, now));
    EXPECT_TRUE(node->bad_reason(wrong.header.cid()));
    expect(message_of(wrong), Verdict::accept, "");
}

TEST_F(BlockDoorTest, a_failing_disk_costs_no_peer_anything) {
    for (std::uint64_t n = 1;; ++n) {
        testing::TestNode& other = nodes.add();
        const auto before = other.blocks.reads();
        other.blocks.fail_read(n);
        const auto decision = other->door().check(message_of(block), now);
        if (other.blocks.reads() - before < n) {
            EXPECT_EQ(decision.verdict, Verdict::accept) << decision.reason;
            break;
        }
        EXPECT_EQ(decision.verdict, Verdict::ignore) << "read " << n << ": " << decision.reason;
    }
}

}  // namespace
}  // namespace strata::chain
