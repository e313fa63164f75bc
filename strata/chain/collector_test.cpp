// Protects the collection of old states: what is kept can be read to its last block, what is not kept is gone and is
// answered as such, the disk stays bounded, and no kill loses anything. The check is a walk of its own
// (chain/store_check.hpp), over chains that native actors executed.
#include <strata/chain/collector.hpp>

#include <gmock/gmock.h>

#include <array>
#include <random>

#include <strata/chain/local_chain.hpp>
#include <strata/chain/store_check.hpp>
#include <strata/chain/test_disk.hpp>
#include <strata/chain/valid_mark.hpp>
#include <strata/testing/killed_child.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::chain {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::StubChain;
using Step = Collector::Step;

constexpr ChainEpoch kKept = 20;

CollectorOptions small() {
    CollectorOptions out;
    out.keep_epochs = kKept;
    out.every = 5;
    out.growth = 0;
    return out;
}

StoreCheck expect_sound(ChainStore& chain) {
    const auto check = check_store(chain, {});
    EXPECT_TRUE(check) << check.error().message();
    return check ? *check : StoreCheck{};
}

std::size_t count_records(store::KeyValue& meta, std::string_view prefix) {
    std::size_t out = 0;
    EXPECT_TRUE(meta.for_each(prefix, [&](std::string_view, BytesView) -> Result<bool> {
        ++out;
        return true;
    }));
    return out;
}

class CollectorTest : public ::testing::Test {
  protected:
    void SetUp() override { open(); }
    void open() {
        collector.reset();
        stub.reset();
        generations = std::make_unique<store::Generations>(families, meta);
        ASSERT_TRUE(generations->open());
        stub = std::make_unique<StubChain>(generations->states(), meta);
    }
    void mine(int count) {
        for (int i = 0; i < count; ++i) {
            const auto made = stub->mine();
            ASSERT_TRUE(made) << made.error().message();
        }
    }
    Collector& collect_with(CollectorOptions options) {
        collector = std::make_unique<Collector>(stub->chain, &stub->states, *generations, std::move(options));
        return *collector;
    }
    void run_to_the_end() {
        for (;;) {
            const auto step = collector->step();
            ASSERT_TRUE(step) << step.error().message();
            ASSERT_NE(*step, Step::waits);
            if (*step == Step::ended) return;
            ASSERT_EQ(*step, Step::worked);
        }
    }
    TipsetPtr at(ChainEpoch epoch) {
        return stub->chain.tipset_at(epoch, stub->chain.head(), NullRound::previous).value();
    }
    bool has_state_at(ChainEpoch epoch) { return stub->chain.blocks().has(at(epoch)->parent_state_root()).value(); }

    store::MemoryFamilies families;
    store::MemoryKeyValue meta;
    std::unique_ptr<store::Generations> generations;
    std::unique_ptr<StubChain> stub;
    std::unique_ptr<Collector> collector;
};

TEST_F(CollectorTest, keeps_the_states_of_the_newest_tipsets_and_the_whole_chain) {
    mine(60);
    collect_with(small());
    run_to_the_end();
    EXPECT_TRUE(has_state_at(60));
    EXPECT_TRUE(has_state_at(41));
    EXPECT_FALSE(has_state_at(40));
    EXPECT_TRUE(has_state_at(0));
    const auto check = expect_sound(stub->chain);
    EXPECT_EQ(check.tipsets, 61U);
    EXPECT_EQ(check.states, 20U);
    EXPECT_EQ(check.states_from, 41);
    EXPECT_EQ(check.without_messages, 0U);
    EXPECT_EQ(families.family_names(), (std::vector<std::string>{"chain", "states-2"}));
    EXPECT_GT(collector->progress().freed, 0U);
    const auto last = last_collection(meta).value();
    ASSERT_TRUE(last);
    EXPECT_EQ(last->head, 60);
    EXPECT_EQ(last->kept_from, 41);
    // A mark for each kept block; a result for each parent of a kept block, and the one that the lowest of them names.
    EXPECT_EQ(count_records(meta, kValidPrefix), 20U);
    EXPECT_EQ(count_records(meta, "chain/state/"), 20U + 1);  // that of genesis is kept for good
    mine(5);
    expect_sound(stub->chain);
}

TEST_F(CollectorTest, begins_when_it_is_due) {
    auto all = small();
    all.keep_epochs = 0;
    mine(30);
    EXPECT_EQ(collect_with(all).step().value(), Step::idle) << "everything is kept";
    auto more = small();
    more.keep_epochs = 30;
    EXPECT_EQ(collect_with(more).step().value(), Step::idle) << "nothing is old enough";
    collect_with(small());
    run_to_the_end();
    EXPECT_EQ(collector->step().value(), Step::idle) << "one has just ended";
    mine(4);
    EXPECT_EQ(collector->step().value(), Step::idle);
    mine(1);
    run_to_the_end();
    auto grown = small();
    grown.growth = 1'000;
    mine(5);
    EXPECT_EQ(collect_with(grown).step().value(), Step::idle) << "the states have not grown to eleven times their size";
}

TEST_F(CollectorTest, an_older_store_is_moved) {
    // A version before generations had one family for everything.
    store::MemoryFamilies old;
    store::MemoryKeyValue records;
    store::FamilyBlockstore blocks(old.family("blocks").value());
    {
        StubChain before(blocks, records);
        for (int i = 0; i < 50; ++i) ASSERT_TRUE(before.mine(3));
    }
    store::Generations opened(old, records);
    ASSERT_TRUE(opened.open());
    StubChain after(opened.states(), records);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(after.mine());
    Collector moving(after.chain, &after.states, opened, small());
    for (auto step = moving.step(); *step != Step::ended; step = moving.step())
        ASSERT_TRUE(step) << step.error().message();
    EXPECT_EQ(old.family_names(), (std::vector<std::string>{"chain", "states-2"}));
    const auto check = expect_sound(after.chain);
    EXPECT_EQ(check.tipsets, 54U);
    EXPECT_EQ(check.without_messages, 0U);
    EXPECT_EQ(check.states, 20U);
}

TEST_F(CollectorTest, goes_on_after_a_stop_at_any_step) {
    mine(40);
    int ended = 0;
    for (int steps = 0; steps < 40; ++steps) {
        auto options = small();
        options.step_bytes = steps % 2 == 0 ? 20'000 : 1'000'000;
        collect_with(options).force();
        for (int i = 0; i < steps; ++i) {
            const auto step = collector->step();
            ASSERT_TRUE(step) << step.error().message();
            if (*step == Step::ended) ++ended;
        }
        open();
        mine(2);
        expect_sound(stub->chain);
    }
    EXPECT_GT(ended, 0);
}

TEST_F(CollectorTest, forks_keep_their_states) {
    mine(40);
    const auto fork = stub->mine_on(at(35), 2, 1001);
    ASSERT_TRUE(fork);
    const auto above = stub->mine_on(*fork, 1, 1001);
    ASSERT_TRUE(above);
    const auto old = stub->mine_on(at(10), 2, 1001);
    ASSERT_TRUE(old);
    collect_with(small());
    run_to_the_end();
    EXPECT_EQ(expect_sound(stub->chain).forks, 2U);
    EXPECT_TRUE(stub->consensus.is_validated(**above).value());
    EXPECT_FALSE(stub->consensus.is_validated(**old).value()) << "nothing is built on it any more";
    ASSERT_TRUE(stub->mine_on(*above, 1, 1001)) << "the fork can go on";
}

TEST_F(CollectorTest, a_result_that_nobody_named_is_found_again) {
    mine(40);
    // The first result is remembered only; the second one is that of an old tipset.
    const auto remembered = stub->states.state_after(at(40)).value();
    const auto other = stub->states.state_after(at(12)).value();
    collect_with(small());
    run_to_the_end();
    EXPECT_EQ(stub->states.state_after(at(40)).value(), remembered);
    EXPECT_FALSE(stub->chain.blocks().has(other.state_root).value());
    EXPECT_EQ(stub->states.state_after(at(12)).error().code(), Errc::missing_block);
    mine(3);
    expect_sound(stub->chain);
}

TEST_F(CollectorTest, a_lost_block_stops_it_and_nothing_is_removed) {
    mine(40);
    // The parent of the head is at an epoch whose state the test loses: a new family with all blocks but one.
    const auto lost = at(30)->parent_state_root();
    auto tree = vm::StateTree::load(stub->chain.blocks(), lost).value();
    const auto power = tree.get(kPowerId).value()->head;
    store::MemoryFamilies damaged;
    for (const auto& name : families.family_names()) {
        const auto to = damaged.family(name).value();
        ASSERT_TRUE(families.family(name).value()->for_each({}, [&](const Cid& cid, BytesView data) -> Result<bool> {
            if (cid != power) STRATA_OK(to->put(cid, data));
            return true;
        }));
    }
    store::Generations opened(damaged, meta);
    ASSERT_TRUE(opened.open());
    StubChain chain(opened.states(), meta);
    Collector stuck(chain.chain, &chain.states, opened, small());
    auto step = stuck.step();
    while (step && *step == Step::worked) step = stuck.step();
    ASSERT_FALSE(step);
    EXPECT_EQ(step.error().code(), Errc::missing_block);
    EXPECT_EQ(stuck.step().error().code(), Errc::missing_block);
    EXPECT_TRUE(chain.chain.blocks().has(chain.chain.genesis()->parent_state_root()).value());
    const auto check = check_store(chain.chain, {});
    ASSERT_FALSE(check);
    EXPECT_EQ(check.error().code(), Errc::missing_block);
    EXPECT_THAT(check.error().message(), HasSubstr("epoch "));
}

// A person asks for an old state: the answer says that it is not kept, not that the store is broken.
TEST_F(CollectorTest, the_chain_says_that_a_state_is_not_kept) {
    mine(60);
    collect_with(small());
    run_to_the_end();
    auto opened = LocalChain::open(stub->chain.blocks(), meta, stub->network, stub->proofs, nullptr, *stub->table);
    ASSERT_TRUE(opened) << opened.error().message();
    auto& node = **opened;
    const auto old = at(10);
    const auto refused = [&](const Error& error) {
        EXPECT_EQ(error.code(), Errc::unsupported);
        EXPECT_THAT(error.message(), HasSubstr("the state at epoch 10 is not kept"));
        EXPECT_THAT(error.message(), HasSubstr("--keep-epochs"));
    };
    refused(node.state_after(old).error());
    refused(node.execute(*old).error());
    refused(node.trace(*old).error());
    refused(node.trace_with(*old, 11, {}).error());
    refused(node.messages_of(*old).error());
    EXPECT_TRUE(node.state_after(node.head()));
    EXPECT_TRUE(node.messages(old->blocks().front())) << "messages are kept";
    EXPECT_TRUE(node.receipts(at(11)->parent_receipts())) << "receipts are kept";
    // A message that was executed within the kept states is found, one below is not.
    const auto message_of = [&](ChainEpoch epoch) {
        return node.messages(at(epoch)->blocks().front()).value().bls.front().cid();
    };
    const auto found = node.search_from(node.head(), message_of(44), Chain::kNoLimit, true);
    ASSERT_TRUE(found) << found.error().message();
    ASSERT_TRUE(*found);
    EXPECT_EQ((*found)->height, 45);
    const auto gone = node.search_from(node.head(), message_of(20), Chain::kNoLimit, true);
    ASSERT_FALSE(gone);
    EXPECT_THAT(gone.error().message(), HasSubstr("is not kept"));
}

TEST_F(CollectorTest, works_beside_execution) {
    mine(kKept);
    auto options = small();
    options.every = 2;
    options.step_bytes = 50'000;
    collect_with(options).start();
    for (int i = 0; i < 2'000 && collector->progress().ended < 4; ++i) mine(1);
    const auto ended = collector->progress().ended;
    collector.reset();
    EXPECT_GE(ended, 4U);
    expect_sound(stub->chain);
}

// --- on disk ---

/// Runs a chain on disk with a collector beside it, and compares what is on disk with what must be.
void expect_bounded(ChainEpoch epochs, ChainEpoch keep, ChainEpoch measure_every, int messages) {
    const strata::testing::TempFolder folder;
    const auto repository = store::Repository::open(folder.path()).value();
    auto& generations = repository->generations();
    StubChain stub(repository->blocks(), repository->records());
    CollectorOptions options;
    options.keep_epochs = keep;
    Collector collector(stub.chain, &stub.states, generations, options);
    // On a network an epoch takes 30 seconds, so more fits into one than these 16 MiB, or these milliseconds of
    // waiting.
    constexpr int kStepsInEpoch = 64;
    // An empty buffer of a family counts as a MiB; there are three families during a collection, and a compaction
    // writes before it removes.
    constexpr std::uint64_t kBuffers = std::uint64_t{4} << 20;
    // The log of the database and its buffers do not grow with the chain (store/rocks_store.cpp).
    constexpr std::uint64_t kFixed = std::uint64_t{24} << 20;
    std::uint64_t highest = 0;
    std::uint64_t highest_disk = 0;
    for (ChainEpoch epoch = 1; epoch <= epochs; ++epoch) {
        const auto made = stub.mine(messages);
        ASSERT_TRUE(made) << made.error().message();
        for (int i = 0; i < kStepsInEpoch; ++i) {
            const auto step = collector.step();
            ASSERT_TRUE(step) << step.error().message();
            if (*step == Step::idle) break;
            if (*step == Step::waits) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            highest = std::max(highest, testing::bytes_in_families(generations));
        }
        highest = std::max(highest, testing::bytes_in_families(generations));
        highest_disk = std::max(highest_disk, bytes_below(folder.path()));
        if (epoch % measure_every != 0) continue;
        const auto live = testing::live_bytes(generations, stub.chain, keep);
        if (epoch > keep) {
            EXPECT_LE(highest, 2 * live + kBuffers) << "epoch " << epoch;
            EXPECT_LE(highest_disk, 2 * live + kFixed) << "epoch " << epoch;
        }
        std::printf("epoch %lld: live %.1f MiB; at most %.1f MiB in families, %.1f MiB on disk; %llu collections\n",
                    static_cast<long long>(epoch), static_cast<double>(live) / (1 << 20),
                    static_cast<double>(highest) / (1 << 20), static_cast<double>(highest_disk) / (1 << 20),
                    static_cast<unsigned long long>(collector.progress().ended));
        std::fflush(stdout);
        highest = highest_disk = 0;
    }
    EXPECT_GE(collector.progress().ended, 3U);
    expect_sound(stub.chain);
}

TEST(CollectorDisk, stays_within_twice_the_live_state) {
    expect_bounded(300, 60, 100, 5);
}
TEST(CollectorDiskSlow, stays_within_twice_the_live_state_over_10000_epochs) {
    expect_bounded(10'000, kDefaultKeptEpochs, 500, 1);
}

// --- kills ---

// This is the program of the tests that kill. The parent counts from the start of the program or of its work.
enum class CountFrom { start, work, end_of_a_collection };
void work_until_killed(CountFrom from) {
    const char* const folder = std::getenv(strata::testing::kChildFolder);
    const char* const pipe = std::getenv(strata::testing::kChildPipe);
    if (folder == nullptr || pipe == nullptr) GTEST_SKIP() << "only a test that kills starts this";
    const strata::testing::ChildBegun begun(std::atoi(pipe));
    if (from == CountFrom::start) begun();
    const auto repository = store::Repository::open(folder).value();
    StubChain stub(repository->blocks(), repository->records());
    auto options = small();
    options.every = 2;
    options.step_bytes = 50'000;
    Collector collector(stub.chain, &stub.states, repository->generations(), options);
    collector.start();
    for (;;) {
        ASSERT_TRUE(stub.mine(2));
        const bool has_ended = collector.progress().ended != 0;
        if (stub.chain.head()->height() > kKept && (from != CountFrom::end_of_a_collection || has_ended)) begun();
    }
}
TEST(CollectorChild, DISABLED_starts_until_it_is_killed) {
    work_until_killed(CountFrom::start);
}
TEST(CollectorChild, DISABLED_works_until_it_is_killed) {
    work_until_killed(CountFrom::work);
}
TEST(CollectorChild, DISABLED_collects_until_it_is_killed) {
    work_until_killed(CountFrom::end_of_a_collection);
}

void kill_again_and_again(int rounds) {
    const strata::testing::TempFolder folder;
    std::mt19937_64 random(7);
    ChainEpoch before = 0;
    int caught = 0;  // kills while a collection ran
    for (int round = 0; round < rounds; ++round) {
        constexpr std::array kPrograms{"works", "collects", "works", "starts"};
        const std::string program = kPrograms[static_cast<std::size_t>(round) % kPrograms.size()];
        ASSERT_TRUE(strata::testing::kill_test_after(std::chrono::milliseconds(random() % 500),
                                                     "CollectorChild.DISABLED_" + program + "_until_it_is_killed",
                                                     folder.path().string()))
            << "the child ended by itself";
        const auto repository = store::Repository::open(folder.path());
        ASSERT_TRUE(repository) << repository.error().message();
        ChainStore chain((*repository)->blocks(), (*repository)->records());
        ASSERT_TRUE(chain.open());
        const auto check = check_store(chain, {});
        ASSERT_TRUE(check) << "round " << round << ": " << check.error().message();
        EXPECT_GE(check->head->height(), before) << "an acknowledged head was lost";
        EXPECT_GE(check->states, static_cast<std::uint64_t>(kKept));
        before = check->head->height();
        if ((*repository)->generations().is_collecting()) ++caught;
        EXPECT_LE((*repository)->generations().sizes().size(), 4U);
    }
    const auto repository = store::Repository::open(folder.path()).value();
    const auto last = last_collection(repository->records()).value();
    ASSERT_TRUE(last);
    std::printf("%d kills, %d of them during a collection; the head is at epoch %lld, the last collection at %lld\n",
                rounds, caught, static_cast<long long>(before), static_cast<long long>(last->head));
    EXPECT_GT(before, kKept + 5);
}

TEST(Collector, survives_kills) {
    kill_again_and_again(10);
}
TEST(CollectorSlow, survives_many_kills) {
    kill_again_and_again(200);
}

}  // namespace
}  // namespace strata::chain
