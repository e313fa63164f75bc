// Tests sync from peers of every kind. Time is a number that the tests set, so silent peers cost no real time.
#include <strata/chain/syncer.hpp>

#include <gtest/gtest.h>

#include <strata/chain/execution.hpp>
#include <strata/chain/test_nodes.hpp>

namespace strata::chain {
namespace {

using testing::TestPeer;

class SyncerTest : public ::testing::Test {
  protected:
    SyncerTest() : full(nodes[0]), fresh(nodes[1]) { restart({}); }

    /// Replaces the fresh node's syncer with one that has different limits.
    void restart(SyncLimits limits) {
        bad = std::make_unique<BadBlocks>();
        validator = std::make_unique<BlockValidator>(fresh->states(), fresh->rules(), fresh->consensus(), *bad);
        syncer = std::make_unique<Syncer>(fresh->states(), fresh->consensus(), *validator, *bad, limits);
        syncer->set_source(peers);
    }
    /// Mines `count` blocks on the full node's head and returns the last one.
    FullBlock grow(int count) {
        FullBlock last;
        for (int i = 0; i < count; ++i) last = nodes.extend(full, {.miner = static_cast<std::size_t>(i) % 3});
        now = nodes.time_of(last);
        return last;
    }
    void run() {
        const auto done = syncer->run_until_idle(now);
        ASSERT_TRUE(done) << done.error().message();
    }
    void announce(const FullBlock& block, const PeerName& from) {
        const auto heard = syncer->announce(block, from, now);
        ASSERT_TRUE(heard) << heard.error().message();
    }
    /// Returns a block of the same miner, rightly signed, whose parents do not exist.
    FullBlock without_parents(const FullBlock& block, std::uint64_t number) {
        return nodes.resigned(block, [&](BlockHeader& header) {
            header.fork_signaling = number + 1;
            header.parents = {Cid::hash_of(Codec::dag_cbor, to_cbor(number))};
        });
    }
    bool has_caught_up() { return fresh->head()->key() == full->head()->key(); }

    testing::Nodes nodes{2};
    testing::TestNode& full;
    testing::TestNode& fresh;
    testing::TestPeers peers;
    std::unique_ptr<BadBlocks> bad;
    std::unique_ptr<BlockValidator> validator;
    std::unique_ptr<Syncer> syncer;
    std::uint64_t now = 0;
};

TEST_F(SyncerTest, a_fresh_node_catches_up) {
    const auto last = grow(12);
    peers.list = {TestPeer::honest("honest", *full)};
    announce(last, "honest");
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
    EXPECT_EQ(syncer->status().finished, 1U);
    EXPECT_TRUE(syncer->status().tasks.empty());
    EXPECT_EQ(syncer->status().body_bytes, 0U);
}

TEST_F(SyncerTest, a_head_is_followed_by_its_key_alone) {
    grow(4);
    peers.list = {TestPeer::honest("honest", *full)};
    ASSERT_TRUE(syncer->follow(full->head()->key(), "honest", now));
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
    ASSERT_TRUE(syncer->follow(full->head()->key(), "honest", now));
    run();
    EXPECT_EQ(syncer->status().refused, 0U);
}

// Headers that exceed the limit are dropped and asked for again on the way up.
TEST_F(SyncerTest, a_long_chain_needs_little_memory) {
    restart({.window = 4, .headers = 8});
    const auto last = grow(30);
    peers.list = {TestPeer::honest("honest", *full)};
    announce(last, "honest");
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
    // The sync takes 8 windows down, up to 6 of them again, and the messages of 29 tipsets, 4 at a time.
    EXPECT_GT(peers.list[0].asked, 8 + 7);
    EXPECT_LE(peers.list[0].asked, 8 + 8 + 8);
}

TEST_F(SyncerTest, heads_that_are_only_claimed_leave_requests_to_blocks) {
    const auto last = grow(3);
    for (int i = 0; i < 4; ++i) peers.list.push_back(TestPeer::silent("silent " + std::to_string(i)));
    for (int i = 0; i < 16; ++i) {
        const auto head = Cid::hash_of(Codec::dag_cbor, as_bytes(std::to_string(i)));
        ASSERT_TRUE(syncer->follow(TipsetKey({head}), "silent " + std::to_string(i / 4), now));
    }
    run();
    EXPECT_EQ(syncer->status().requests, 12U) << "three quarters of 16";
    peers.list.push_back(TestPeer::honest("honest", *full));
    announce(last, "honest");
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
}

// A header of these tests has less than 2,000 bytes, and a task may always have a 32nd of the limit. Only the first and
// the last window must be kept, so small windows fit where large ones do not.
TEST_F(SyncerTest, headers_of_all_tasks_have_a_limit) {
    const auto last = grow(30);
    peers.list = {TestPeer::honest("honest", *full)};
    restart({.window = 16, .header_bytes = 20'000});
    announce(last, "honest");
    run();
    EXPECT_FALSE(has_caught_up());
    EXPECT_NE(syncer->status().last_refusal.find("expected at most 20000"), std::string::npos)
        << syncer->status().last_refusal;
    EXPECT_TRUE(syncer->status().tasks.empty()) << "nothing of it is left";
    restart({.window = 4, .header_bytes = 20'000});
    announce(last, "honest");
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
}

// A tipset has blocks of one epoch, but a claimed head is only a list of blocks until its headers come. Its task and
// that of the true block must not wait for each other.
TEST_F(SyncerTest, a_claimed_head_of_a_block_and_its_parent_holds_up_nobody) {
    const auto last = grow(6);
    const auto& parent = full->head()->parents();
    peers.list = {TestPeer::honest("honest", *full), TestPeer::silent("silent")};
    announce(last, "honest");
    auto cids = parent.cids();
    cids.push_back(full->head()->cids().front());
    ASSERT_TRUE(syncer->follow(TipsetKey(cids), "silent", now));
    for (int i = 0; i < 4; ++i, now += 20) run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
    EXPECT_TRUE(syncer->status().tasks.empty());
}

TEST_F(SyncerTest, a_claimed_head_with_a_true_block_in_it_holds_up_nobody) {
    const auto last = grow(6);
    peers.list = {TestPeer::silent("silent"), TestPeer::honest("honest", *full)};
    auto cids = full->head()->parents().cids();
    cids.push_back(Cid::hash_of(Codec::dag_cbor, as_bytes("junk")));
    ASSERT_TRUE(syncer->follow(TipsetKey(cids), "silent", now));
    run();
    announce(last, "honest");
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
}

TEST_F(SyncerTest, a_silent_peer_costs_its_own_task_until_its_time_is_over) {
    const auto last = grow(6);
    peers.list = {TestPeer::silent("silent")};
    announce(last, "silent");
    run();
    EXPECT_EQ(syncer->status().requests, 1U);
    EXPECT_EQ(syncer->status().tasks[0].stage, SyncStatus::Stage::headers);
    peers.list.push_back(TestPeer::honest("honest", *full));
    now += 14;
    run();
    EXPECT_FALSE(has_caught_up());
    now += 1;
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
}

TEST_F(SyncerTest, a_task_whose_peers_are_all_silent_ends) {
    const auto last = grow(3);
    peers.list = {TestPeer::silent("silent"), TestPeer::silent("mute")};
    announce(last, "silent");
    for (int i = 0; i < 3; ++i, now += 20) run();
    EXPECT_TRUE(syncer->status().tasks.empty());
    EXPECT_EQ(syncer->status().refused, 1U);
    // The block was not marked as bad.
    EXPECT_FALSE(bad->reason(last.header.cid(), now));
    peers.list = {TestPeer::honest("honest", *full)};
    announce(last, "honest");
    run();
    EXPECT_TRUE(has_caught_up());
}

// An answer that arrives too late, or after the syncer is gone, is ignored.
TEST_F(SyncerTest, a_late_answer_is_dropped) {
    const auto last = grow(3);
    std::function<void(ChainAnswer)> late;
    ChainRequest asked;
    peers.list = {TestPeer{.name = "slow", .answer = [&](const ChainRequest& request, auto done) {
                               asked = request;
                               late = std::move(done);
                           }}};
    announce(last, "slow");
    run();
    ASSERT_TRUE(late);
    now += 15;
    run();
    EXPECT_TRUE(syncer->status().tasks.empty());
    late(full->serve(asked));
    run();
    EXPECT_FALSE(has_caught_up());
    announce(last, "slow");
    run();
    syncer.reset();
    late(full->serve(asked));
}

TEST_F(SyncerTest, a_slow_answer_goes_on_when_it_comes) {
    const auto last = grow(5);
    std::vector<std::pair<ChainRequest, std::function<void(ChainAnswer)>>> waiting;
    peers.list = {TestPeer{.name = "slow", .answer = [&](const ChainRequest& request, auto done) {
                               waiting.emplace_back(request, std::move(done));
                           }}};
    announce(last, "slow");
    for (int i = 0; i < 20 && !has_caught_up(); ++i) {
        run();
        for (auto& [request, done] : std::exchange(waiting, {})) done(full->serve(request));
        now += 5;
    }
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
}

TEST_F(SyncerTest, a_liar_is_found_out_and_the_truth_is_asked_elsewhere) {
    const auto last = grow(4);
    peers.list = {TestPeer::lying("liar", *full), TestPeer::honest("honest", *full)};
    announce(last, "liar");
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
    // The peer lied once, so it is asked only if there is no better one.
    EXPECT_EQ(peers.list[0].asked, 1);
}

TEST_F(SyncerTest, a_peer_that_stops_half_way_is_left_for_a_better_one) {
    const auto last = grow(8);
    peers.list = {TestPeer::stops_half_way("half", *full), TestPeer::honest("honest", *full)};
    announce(last, "half");
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
    EXPECT_LE(peers.list[0].asked, 4);
}

// Messages are asked for 16 tipsets at a time (SyncLimits). A peer that sends one at most is asked again for those
// below, and one that sends messages of a different block has lied.
TEST_F(SyncerTest, messages_of_many_tipsets_come_in_one_answer) {
    const auto last = grow(33);
    peers.list = {TestPeer::honest("honest", *full)};
    announce(last, "honest");
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
    EXPECT_EQ(peers.list[0].asked, 1 + 2) << "headers once, messages twice";
}

TEST_F(SyncerTest, a_short_answer_with_messages_is_continued) {
    const auto last = grow(9);
    peers.list = {{"short", [&](ChainRequest request, const auto& done) {
                       if (request.what == ChainRequest::What::blocks)
                           request.length = std::min<std::size_t>(request.length, 3);
                       done(full->serve(request));
                   }}};
    announce(last, "short");
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
    EXPECT_EQ(peers.list[0].asked, 1 + 3);
}

TEST_F(SyncerTest, messages_of_a_different_block_are_a_lie) {
    const auto last = grow(9);
    const auto reversed = [&](const ChainRequest& request, const auto& done) {
        auto answer = full->serve(request);
        if (answer && request.what == ChainRequest::What::blocks) std::ranges::reverse(*answer);
        done(std::move(answer));
    };
    peers.list = {{"liar", reversed}, TestPeer::honest("honest", *full)};
    announce(last, "liar");
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
    EXPECT_EQ(peers.list[0].asked, 1 + 1) << "headers and one lie";
}

// A peer may lack the messages, as after a snapshot; that is not a failure of this node.
TEST_F(SyncerTest, what_a_peer_lost_is_not_our_loss) {
    const auto below = [&] {
        grow(2);
        return full->head();
    }();
    nodes.extend(full, {.messages = {nodes.transfer(0, fil(1))}});
    const auto parent = full->head();
    const auto last = grow(1);
    full.blocks.lose(parent->blocks()[0].messages);
    EXPECT_EQ(full->serve({.top = parent->key(), .length = 1, .what = ChainRequest::What::blocks}).error().code(),
              Errc::not_found);
    peers.list = {TestPeer::honest("poor", *full)};
    announce(last, "poor");
    run();
    EXPECT_EQ(syncer->status().refused, 1U);
    EXPECT_EQ(fresh->head()->key(), below->key());
    full.blocks.find_again();
    announce(last, "poor");
    run();
    EXPECT_TRUE(has_caught_up());
}

// Anybody can make a header with a huge weight, but only a miner can sign one. Nothing is executed or stored for an
// unsigned one.
TEST_F(SyncerTest, an_unsigned_block_costs_no_execution_and_no_disk) {
    const auto last = grow(3);
    peers.list = {TestPeer::honest("honest", *full)};
    announce(last, "honest");
    run();
    ASSERT_TRUE(has_caught_up());
    auto junk = nodes.mine(*full, full->head());
    junk.header.block_sig->data.back() ^= 1;
    now = nodes.time_of(junk);
    const auto writes = fresh.blocks.writes();
    announce(junk, "junk");
    run();
    EXPECT_EQ(syncer->status().refused, 1U);
    EXPECT_NE(syncer->status().last_refusal.find("signature"), std::string::npos) << syncer->status().last_refusal;
    EXPECT_EQ(fresh.blocks.writes(), writes);
    EXPECT_FALSE(*fresh->states().known_state(fresh->head()));
    EXPECT_TRUE(bad->reason(junk.header.cid(), now));
}

// Beacon entries, times and weights are checked before anything lower is asked for.
TEST_F(SyncerTest, forged_headers_are_refused_before_they_are_stored) {
    grow(2);
    const auto base = full->head();
    const auto child = nodes.mine(*full, base);
    const auto refusal = [&](const std::function<void(BlockHeader&)>& edit) {
        auto parent = nodes.resigned(child, edit);
        auto block = nodes.resigned(child, [&](BlockHeader& header) {
            header.parents = {parent.header.cid()};
            header.height = parent.header.height + 1;
            header.timestamp = testing::Nodes::kGenesisTime + 4 * static_cast<std::uint64_t>(header.height);
            header.parent_weight += BigInt(1'000'000);
            header.beacon_entries = {nodes.beacon().entry(nodes.network().beacon_round(header.height)).value()};
        });
        now = nodes.time_of(block);
        peers.list = {TestPeer{.name = "forger", .answer = [&](const ChainRequest& request, const auto& done) {
                                   auto rest = full->serve(
                                       {.top = base->key(), .length = request.length - 1, .what = request.what});
                                   rest->insert(rest->begin(), {parent});
                                   done(std::move(rest));
                               }}};
        restart({});
        announce(block, "forger");
        const auto writes = fresh.blocks.writes();
        run();
        EXPECT_EQ(fresh.blocks.writes(), writes);
        EXPECT_EQ(fresh->head()->height(), 0);
        return syncer->status().last_refusal;
    };
    EXPECT_NE(refusal([](BlockHeader& header) { header.beacon_entries.back().data[0] ^= 1; }).find("beacon"),
              std::string::npos);
    EXPECT_NE(refusal([](BlockHeader& header) { header.timestamp += 4; }).find("timestamp"), std::string::npos);
    EXPECT_NE(refusal([](BlockHeader& header) { header.parent_weight = BigInt(-1); }).find("parent weight"),
              std::string::npos);
    EXPECT_NE(refusal([](BlockHeader& header) { header.miner = testing::test_address("worker 0"); }).find("ID address"),
              std::string::npos);
}

TEST_F(SyncerTest, a_chain_with_a_different_genesis_is_refused) {
    const auto last = grow(2);
    auto foreign = nodes.resigned(last, [](BlockHeader& header) { header.parents = {header.messages}; });
    peers.list = {TestPeer{.name = "foreign", .answer = [&](const ChainRequest&, const auto& done) {
                               auto genesis = nodes.genesis();
                               genesis.fork_signaling = 7;
                               done(std::vector<std::vector<FullBlock>>{{FullBlock{genesis, {}}}});
                           }}};
    announce(foreign, "foreign");
    run();
    EXPECT_EQ(syncer->status().refused, 1U);
    EXPECT_EQ(fresh->head()->height(), 0);
}

TEST_F(SyncerTest, a_bad_ancestor_stops_the_chain_above_it) {
    grow(2);
    const auto good = full->head();
    auto wrong = nodes.mine(*full, good);
    wrong = nodes.resigned(wrong, [](BlockHeader& header) { header.parent_state_root = header.messages; });
    ASSERT_TRUE(full->chain().put_messages(wrong.messages));
    ASSERT_TRUE(full->chain().put_header(wrong.header));
    auto above = nodes.resigned(wrong, [&](BlockHeader& header) {
        header.parents = {wrong.header.cid()};
        ++header.height;
        header.timestamp += 4;
        header.parent_weight += BigInt(100'000);
        header.beacon_entries = {nodes.beacon().entry(nodes.network().beacon_round(header.height)).value()};
    });
    now = nodes.time_of(above);
    peers.list = {TestPeer::honest("deceived", *full)};
    announce(above, "deceived");
    run();
    EXPECT_EQ(fresh->head()->key(), good->key());
    EXPECT_NE(syncer->status().last_refusal.find("state root is "), std::string::npos);
    // Our execution disagrees, which may be our mistake, so the block is not marked as bad permanently.
    EXPECT_TRUE(bad->reason(wrong.header.cid(), now));
    EXPECT_FALSE(bad->reason(above.header.cid(), now));
    announce(above, "deceived");
    run();
    EXPECT_NE(syncer->status().last_refusal.find("is bad"), std::string::npos) << syncer->status().last_refusal;
    EXPECT_FALSE(bad->reason(wrong.header.cid(), now + 16 * 60));
}

TEST_F(SyncerTest, early_blocks_wait_once_and_only_for_five_epochs) {
    const auto block = nodes.mine(*full, full->head());
    const std::uint64_t due = nodes.time_of(block);
    now = due - 2;
    EXPECT_EQ(syncer->announce(block, "peer", now).error().code(), Errc::busy);
    EXPECT_EQ(syncer->announce(block, "peer", now).error().code(), Errc::busy);
    EXPECT_EQ(syncer->status().early_blocks, 1U);
    run();
    EXPECT_EQ(fresh->head()->height(), 0);
    auto forged = block;
    forged.header.block_sig->data.back() ^= 1;
    EXPECT_EQ(syncer->announce(forged, "peer", now).error().code(), Errc::verification);
    forged = block;
    forged.header.timestamp = std::numeric_limits<std::uint64_t>::max();
    EXPECT_EQ(syncer->announce(forged, "peer", now).error().code(), Errc::verification);
    forged.header.height = 1'000;
    EXPECT_EQ(syncer->announce(forged, "peer", now).error().code(), Errc::out_of_range);
    EXPECT_EQ(syncer->status().early_blocks, 1U);
    now = due - 1;  // the allowed drift of the clock
    run();
    EXPECT_EQ(fresh->head()->cids(), std::vector{block.header.cid()});
    EXPECT_EQ(syncer->status().early_blocks, 0U);
}

// The miners of these tests' floods do not make the blocks that are the head in the end.
TEST_F(SyncerTest, a_flood_of_blocks_leaves_room_for_others) {
    const auto flooder = grow(1);
    const auto last = nodes.extend(full, {.miner = 1});
    now = nodes.time_of(last);
    peers.list = {TestPeer::silent("flood")};
    const auto flood = [&](std::uint64_t i) {
        (void)syncer->announce(without_parents(flooder, i), "flood", now);
        ASSERT_TRUE(syncer->follow(TipsetKey({Cid::hash_of(Codec::dag_cbor, to_cbor(i))}), "flood", now) || i >= 4);
    };
    for (std::uint64_t i = 0; i < 200; ++i) flood(i);
    EXPECT_EQ(syncer->status().tasks.size(), 8U);
    run();
    EXPECT_LE(syncer->status().requests, 4U);
    peers.list.push_back(TestPeer::honest("honest", *full));
    announce(last, "honest");
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
}

TEST_F(SyncerTest, a_miner_has_few_blocks_whose_headers_are_looked_for) {
    const auto flooder = grow(1);
    for (int i = 0; i < 4; ++i) peers.list.push_back(TestPeer::silent("silent " + std::to_string(i)));
    const auto is_heard = [&](std::uint64_t i) -> bool {
        return syncer->announce(without_parents(flooder, i), "silent " + std::to_string(i % 4), now).has_value();
    };
    for (std::uint64_t i = 0; i < 8; ++i) EXPECT_EQ(is_heard(i), i < 4);
    for (int i = 0; i < 4; ++i, now += 15) run();
    EXPECT_TRUE(is_heard(8)) << "in the place of one that three peers do not have";
    EXPECT_EQ(syncer->status().tasks.size(), 4U);
}

TEST_F(SyncerTest, a_refused_block_pushes_out_no_task) {
    const auto flooder = grow(1);
    SyncLimits limits;
    limits.tasks_per_peer = 1;
    restart(limits);
    for (int i = 0; i < 4; ++i) peers.list.push_back(TestPeer::silent("silent " + std::to_string(i)));
    const auto is_heard = [&](std::uint64_t i, const std::string& from) -> bool {
        return syncer->announce(without_parents(flooder, i), from, now).has_value();
    };
    for (std::uint64_t i = 0; i < 4; ++i) ASSERT_TRUE(is_heard(i, "silent " + std::to_string(i)));
    for (int i = 0; i < 4; ++i, now += 15) run();
    ASSERT_TRUE(syncer->follow(TipsetKey({Cid::hash_of(Codec::dag_cbor, to_cbor(std::uint64_t{9}))}), "greedy", now));
    const auto before = syncer->status().tasks.size();
    EXPECT_FALSE(is_heard(8, "greedy")) << "a peer that has as many tasks as it may";
    EXPECT_EQ(syncer->status().tasks.size(), before) << "so the doubtful task of the same miner stays";
}

// Honest peers pass on the blocks of a miner that signs any number of them on parents that do not exist. Neither the
// chains that are then looked for in vain nor the peers' answers may hold up a true chain.
TEST_F(SyncerTest, blocks_without_parents_from_honest_peers_hold_up_nobody) {
    const std::array flooders{grow(1), grow(2)};
    const auto last = nodes.extend(full, {.miner = 2});
    now = nodes.time_of(last);
    for (int i = 0; i < 12; ++i) {
        auto peer = TestPeer::silent("peer " + std::to_string(i));
        if (i < 10) peer.answer = [](const ChainRequest&, const auto& done) { done(fail(Errc::not_found, "nothing")); };
        peers.list.push_back(std::move(peer));
    }
    for (std::uint64_t i = 0; i < 200; ++i) {
        (void)syncer->announce(without_parents(flooders[i % 2], i), "peer " + std::to_string(i % 12), now);
        run();
    }
    EXPECT_LE(syncer->status().requests, 8U) << "both silent peers are asked for four at once";
    EXPECT_LE(syncer->status().tasks.size(), 64U);
    peers.list[0] = TestPeer::honest("peer 0", *full);
    announce(last, "peer 0");
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
    EXPECT_EQ(peers.list[0].asked, 2) << "once for headers and once for messages: it was not put behind the others";
}

// A failure of this node stops the task and leaves no trace.
TEST_F(SyncerTest, a_failing_disk_makes_no_bad_block) {
    const auto last = grow(2);
    peers.list = {TestPeer::honest("honest", *full)};
    for (std::uint64_t n = 1; !has_caught_up() && n < 20'000; n += 7) {
        fresh.blocks.fail_read(n);
        announce(last, "honest");
        const auto done = syncer->run_until_idle(now);
        fresh.blocks.fail_read(0);
        if (!done) EXPECT_TRUE(done.error().is_fatal());
        const auto parent = full->chain().parent(*full->head()).value();
        EXPECT_FALSE(bad->reason(last.header.cid(), now)) << n;
        EXPECT_FALSE(bad->reason(parent->cids()[0], now)) << n;
    }
    EXPECT_TRUE(has_caught_up());
}

// Two halves of a network that made few tipsets over many epochs agree again, because finality is counted in tipsets.
TEST_F(SyncerTest, a_fork_of_few_tipsets_over_many_epochs_is_no_fork_behind_finality) {
    const auto grow_slowly = [&](testing::TestNode& node, int count, ChainEpoch step) {
        for (int i = 0; i < count; ++i) nodes.extend(node, {.epoch = node->head()->height() + step});
    };
    grow_slowly(fresh, 2, 480);
    grow_slowly(full, 6, 160);
    ASSERT_GT(fresh->head()->height(), kChainFinality);
    ASSERT_GT(chain_weight(full->chain(), *full->head()).value(), chain_weight(fresh->chain(), *fresh->head()).value());
    const auto head = full->head();
    now = head->min_timestamp();
    peers.list = {TestPeer::honest("honest", *full)};
    ASSERT_TRUE(syncer->follow(head->key(), "honest", now));
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
}

// The miner that wins alone names its parents in reverse: valid for Lotus, and for us.
TEST_F(SyncerTest, parents_in_reverse_order_are_followed) {
    const auto genesis = full->head();
    std::vector<FullBlock> first;
    for (ChainEpoch epoch = 1; first.size() < 2; ++epoch) {
        first.clear();
        for (std::size_t miner = 0; miner < 3; ++miner)
            if (auto block = nodes.try_mine(*full, genesis, {.miner = miner, .epoch = epoch}))
                first.push_back(std::move(*block));
    }
    for (const auto& block : first) ASSERT_TRUE(full->submit_block(block, nodes.time_of(block)));
    ASSERT_EQ(full->head()->blocks().size(), first.size());
    const auto last = nodes.extend(full, {.edit = [](BlockHeader& header) { std::ranges::reverse(header.parents); }});
    nodes.extend(full);
    ASSERT_TRUE(full->head()->parents() == TipsetKey({last.header.cid()}));
    now = full->head()->min_timestamp();
    peers.list = {TestPeer::honest("honest", *full)};
    ASSERT_TRUE(syncer->follow(full->head()->key(), "honest", now));
    run();
    EXPECT_TRUE(has_caught_up()) << syncer->status().last_refusal;
}

}  // namespace
}  // namespace strata::chain
