// Each test changes one field of a valid block and lets its miner sign it again: exactly the rule about that field must
// refuse it, and say what it got and what it expected. The rules are those of Lotus' ValidateBlock
// (chain/consensus/filcns/filecoin.go); the values come from the chain itself. Lotus' own blocks are checked in
// conformance/chain_check_test.cpp.
#include <strata/chain/block_rules.hpp>

#include <gtest/gtest.h>

#include <strata/chain/execution.hpp>
#include <strata/chain/test_nodes.hpp>

namespace strata::chain {
namespace {

class BlockRulesTest : public ::testing::Test {
  protected:
    BlockRulesTest() : node(nodes[0]) {
        nodes.extend(node);
        block = nodes.mine(*node, node->head(), {.miner = 1, .messages = {nodes.transfer(0, fil(1))}});
        parents = node->states().state_after(node->head()).value();
    }
    /// Returns the refusal of a block with one change; empty if the block is accepted.
    std::string header_refusal(const std::function<void(BlockHeader&)>& edit) {
        const auto checked = node->rules().check_header(nodes.resigned(block, edit).header);
        return checked ? "" : checked.error().message();
    }
    std::string body_refusal(const std::function<void(FullBlock&)>& edit) {
        auto changed = block;
        edit(changed);
        const auto checked = node->rules().check_body(changed.header, changed.messages, parents);
        return checked ? "" : checked.error().message();
    }

    testing::Nodes nodes{1};
    testing::TestNode& node;
    FullBlock block;
    TipsetState parents;
};

TEST_F(BlockRulesTest, the_unchanged_block_passes) {
    EXPECT_EQ(header_refusal([](BlockHeader&) {}), "");
    EXPECT_EQ(body_refusal([](FullBlock&) {}), "");
    // The fork signal may have any value.
    EXPECT_EQ(header_refusal([](BlockHeader& header) { header.fork_signaling = 9; }), "");
    // So may the type of the aggregate, which the rules of the body do not read either.
}

TEST_F(BlockRulesTest, every_changed_field_of_the_header_is_refused_by_its_rule) {
    const auto& good = block.header;
    const auto number = [](auto value) { return std::to_string(value); };
    struct Row {
        std::function<void(BlockHeader&)> edit;
        std::string reason;
    };
    for (const auto& [edit, reason] : std::vector<Row>{
             {[](BlockHeader& h) { h.election_proof.reset(); }, "block: the election proof is missing"},
             {[](BlockHeader& h) { h.ticket.reset(); }, "block: the ticket is missing"},
             {[](BlockHeader& h) { h.bls_aggregate.reset(); }, "block: the aggregate signature is missing"},
             {[](BlockHeader& h) { h.parents.clear(); }, "block: it has 0 parents, expected 1 to 100"},
             {[](BlockHeader& h) { h.miner = testing::test_address("worker 1"); }, ", expected an ID address"},
             {[](BlockHeader& h) { h.height = 1; },
              "block: height is 1, expected more than 1, the height of its parents"},
             {[](BlockHeader& h) { ++h.timestamp; },
              "block: timestamp is " + number(good.timestamp + 1) + ", expected " + number(good.timestamp)},
             {[](BlockHeader& h) { h.parent_weight += BigInt(1); }, "block: parent weight is " +
                                                                        (good.parent_weight + BigInt(1)).to_string() +
                                                                        ", expected " + good.parent_weight.to_string()},
             {[](BlockHeader& h) { h.parent_base_fee += BigInt(1); },
              "block: base fee is " + (good.parent_base_fee + BigInt(1)).to_string() + ", expected " +
                  good.parent_base_fee.to_string()},
             {[](BlockHeader& h) { h.beacon_entries.clear(); }, "beacon: the block has no entry, expected round "},
             {[](BlockHeader& h) { ++h.beacon_entries.back().round; }, "beacon: the last round is "},
             {[](BlockHeader& h) { h.beacon_entries.back().data[5] ^= 1; }, " is not the beacon's"},
             {[](BlockHeader& h) { h.miner = Address::id(1002); }, "block: signature of worker "},
             {[](BlockHeader& h) { h.miner = Address::id(5'000); }, "f05000"},
             {[](BlockHeader& h) { h.election_proof->win_count = 0; }, "block: win count is 0, expected at least 1"},
             {[](BlockHeader& h) { h.election_proof->vrf_proof[7] ^= 1; }, "block: the election proof is not"},
             {[](BlockHeader& h) { ++h.election_proof->win_count; },
              ", expected " + number(good.election_proof->win_count)},
             {[](BlockHeader& h) { h.ticket->vrf_proof[7] ^= 1; }, "block: the ticket is not"},
             {[](BlockHeader& h) { h.win_post_proof.clear(); }, "block: the winning proof is not"},
         }) {
        const auto refusal = header_refusal(edit);
        EXPECT_NE(refusal.find(reason), std::string::npos) << "got: " << refusal << "\nexpected: " << reason;
    }
    auto unsigned_block = block.header;
    unsigned_block.block_sig.reset();
    EXPECT_EQ(node->rules().check_header(unsigned_block).error().message(), "block: the signature is missing");
    unsigned_block = block.header;
    unsigned_block.block_sig->data[3] ^= 1;
    EXPECT_EQ(node->rules().check_header(unsigned_block).error().code(), Errc::verification);
}

TEST_F(BlockRulesTest, roots_and_messages_are_checked_against_the_execution) {
    const Cid other = block.header.messages;
    EXPECT_EQ(body_refusal([&](FullBlock& b) { b.header.parent_state_root = other; }),
              "block: state root is " + other.to_string() + ", but execution gives " + parents.state_root.to_string());
    EXPECT_EQ(
        body_refusal([&](FullBlock& b) { b.header.parent_message_receipts = other; }),
        "block: receipts root is " + other.to_string() + ", but execution gives " + parents.receipts_root.to_string());
    EXPECT_NE(body_refusal([](FullBlock& b) { b.messages.bls[0].nonce = 1; }), "");
    EXPECT_NE(body_refusal([](FullBlock& b) { b.messages.bls[0].value = fil(2); }), "");
    EXPECT_NE(body_refusal([](FullBlock& b) { b.messages.bls.push_back(b.messages.bls[0]); }), "");
}

TEST_F(BlockRulesTest, a_header_names_exactly_its_messages) {
    EXPECT_TRUE(check_messages_named(block.header, block.messages));
    auto changed = block.messages;
    changed.bls.clear();
    EXPECT_FALSE(check_messages_named(block.header, changed));
    changed.bls.assign(10'001, block.messages.bls[0]);
    EXPECT_EQ(check_messages_named(block.header, changed).error().message(),
              "block: it has 10001 messages, expected at most 10000");
}

// Many headers are checked side by side; each gets the answer that it gets alone.
TEST_F(BlockRulesTest, many_headers_get_the_answers_that_each_gets_alone) {
    std::vector<BlockHeader> blocks(6, block.header);
    blocks[1].ticket.reset();
    blocks[2].parent_weight = blocks[2].parent_weight + BigInt(1);
    blocks[4].block_sig->data[0] ^= 1;
    const auto answers = node->rules().check_headers(blocks);
    ASSERT_EQ(answers.size(), blocks.size());
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto alone = node->rules().check_header(blocks[i]);
        ASSERT_EQ(answers[i].has_value(), alone.has_value()) << i;
        if (!alone) EXPECT_EQ(answers[i].error().message(), alone.error().message());
    }
    EXPECT_TRUE(answers[0]);
    EXPECT_TRUE(answers[5]);
}

// A header is checked without executing its parents, so the state after them stays unknown.
TEST_F(BlockRulesTest, a_header_costs_no_execution) {
    nodes.open(node);
    const auto head = node->head();
    StateManager states(node->chain(), nodes.network(), nodes.proofs(), nodes.table());
    BlockRules rules(node->chain(), nodes.network(), nullptr);
    EXPECT_TRUE(rules.check_header(block.header));
    EXPECT_FALSE(*states.known_state(head));
}

}  // namespace
}  // namespace strata::chain
