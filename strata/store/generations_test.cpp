// Tests generations from outside: a walk of the whole DAG, which checks every block against its CID, must find every
// kept root complete after a collection, whatever others wrote meanwhile, and what nobody needs must be gone.
#include <strata/store/generations.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <random>
#include <thread>

#include <strata/ipld/dag.hpp>
#include <strata/store/rocks_store.hpp>
#include <strata/testing/killed_child.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::store {
namespace {

/// Tests have little data, so a sweep gives space back after a few blocks.
constexpr std::uint64_t kGiveBackEvery = 2'000;

using TemporaryFolder = strata::testing::TempFolder;

Result<std::vector<Cid>> links(const Cid& cid, BytesView data) {
    return links_of(cid.codec(), data);
}

/// A node of a state: a value, and links to other nodes.
struct Node {
    std::uint64_t value = 0;
    std::vector<Cid> below;
    STRATA_CBOR_TUPLE(value, below);
};

/// A tree of 4^depth leaves; a change of one leaf makes a new path, as in a HAMT.
Cid make_tree(Blockstore& store, unsigned depth, std::uint64_t& value) {
    Node node{value++, {}};
    for (unsigned i = 0; depth > 0 && i < 4; ++i) node.below.push_back(make_tree(store, depth - 1, value));
    return put_cbor(store, node).value();
}
Result<Cid> change(Blockstore& store, const Cid& root, std::uint64_t leaf, std::uint64_t value) {
    STRATA_TRY(auto node, get_cbor<Node>(store, root));
    if (node.below.empty()) {
        node.value = value;
    } else {
        STRATA_TRY(node.below[leaf % 4], change(store, node.below[leaf % 4], leaf / 4, value));
    }
    return put_cbor(store, node);
}

bool is_complete(Blockstore& store, const Cid& root) {
    return walk_dag(store, root, [](const Cid&, BytesView) { return Status(); }).has_value();
}

std::uint64_t count_below(Blockstore& store, const std::vector<Cid>& roots) {
    std::set<Cid> seen;
    for (const auto& root : roots)
        EXPECT_TRUE(walk_dag(store, root, [&](const Cid& cid, BytesView) {
            seen.insert(cid);
            return Status();
        }));
    return seen.size();
}

std::uint64_t count_in(Family& family) {
    std::uint64_t blocks = 0;
    EXPECT_TRUE(family.for_each({}, [&](const Cid&, BytesView) -> Result<bool> {
        ++blocks;
        return true;
    }));
    return blocks;
}

/// Records in memory whose writes can be made to fail, as on a full disk.
class FullDisk final : public KeyValue {
  public:
    Result<std::optional<Bytes>> get(std::string_view key) override { return inner_.get(key); }
    Status write(const std::vector<Write>& batch) override {
        if (is_full) return fail(Errc::no_space, "the disk is full, as the test wished");
        return inner_.write(batch);
    }
    Status for_each(std::string_view prefix, const Visit& visit) override { return inner_.for_each(prefix, visit); }
    bool is_full = false;

  private:
    MemoryKeyValue inner_;
};

class GenerationsTest : public ::testing::Test {
  protected:
    void reopen() {
        store = std::make_unique<Generations>(families, meta, kGiveBackEvery);
        ASSERT_TRUE(store->open());
    }
    void SetUp() override { reopen(); }
    void collect(const std::vector<Cid>& roots) {
        ASSERT_TRUE(store->begin(links));
        for (const auto& root : roots) ASSERT_TRUE(store->keep(root));
        while (!store->advance(10'000).value()) {
        }
        ASSERT_TRUE(store->seal({}).value());
        sweep();
    }
    void sweep() {
        while (!store->sweep(5'000).value()) {
        }
        ASSERT_TRUE(store->finish({}));
    }
    MemoryFamilies families;
    FullDisk meta;
    std::unique_ptr<Generations> store;
};

TEST_F(GenerationsTest, keeps_what_is_reachable_and_drops_the_rest) {
    std::uint64_t value = 0;
    const Cid first = make_tree(store->states(), 3, value);
    const Cid second = change(store->states(), first, 5, 1'000).value();
    const Cid header = store->states().lasting().put(Codec::dag_cbor, Bytes{0x80}).value();
    collect({second});
    EXPECT_TRUE(is_complete(store->states(), second));
    EXPECT_FALSE(store->states().has(first).value());
    EXPECT_TRUE(store->states().has(header).value());
    EXPECT_EQ(families.family_names(), (std::vector<std::string>{"chain", "states-2"}));
    EXPECT_EQ(count_in(*families.family("states-2").value()), count_below(store->states(), {second}));
}

TEST_F(GenerationsTest, blocks_of_an_earlier_version_are_the_oldest_generation) {
    store.reset();
    for (const auto& name : families.family_names()) ASSERT_TRUE(families.drop_family(name));
    ASSERT_TRUE(meta.remove("chain/generations"));
    FamilyBlockstore blocks(families.family("blocks").value());
    std::uint64_t value = 0;
    const Cid root = make_tree(blocks, 2, value);
    const Cid unused = blocks.put(Codec::raw, Bytes{1}).value();
    reopen();
    EXPECT_TRUE(is_complete(store->states(), root));
    EXPECT_TRUE(store->has_old_chain());
    collect({root});
    EXPECT_TRUE(is_complete(store->states(), root));
    EXPECT_FALSE(store->states().has(unused).value());
    EXPECT_FALSE(store->has_old_chain());
    EXPECT_EQ(families.family_names(), (std::vector<std::string>{"chain", "states-2"}));
}

TEST_F(GenerationsTest, a_store_below_is_released) {
    MemoryBlockstore snapshot;
    std::uint64_t value = 0;
    const Cid root = make_tree(snapshot, 2, value);
    int dropped = 0;
    store->set_bottom(std::shared_ptr<Blockstore>(&snapshot, [&](auto*) { ++dropped; }));
    EXPECT_TRUE(is_complete(store->states(), root));
    collect({root});
    EXPECT_EQ(dropped, 1);
    EXPECT_TRUE(is_complete(store->states(), root));
}

TEST_F(GenerationsTest, a_missing_block_stops_the_collection_and_drops_nothing) {
    const Cid lost = Cid::hash_of(Codec::dag_cbor, Bytes{0x80});
    const Cid root = put_cbor(store->states(), Node{1, {lost}}).value();
    const Cid other = put_cbor(store->states(), Node{2, {}}).value();
    ASSERT_TRUE(store->begin(links));
    ASSERT_TRUE(store->keep(root));
    EXPECT_EQ(store->advance(10'000).error().code(), Errc::missing_block);
    EXPECT_EQ(store->advance(10'000).error().code(), Errc::missing_block);
    EXPECT_FALSE(store->seal({}).value());
    EXPECT_TRUE(store->states().has(other).value());
    EXPECT_EQ(store->keep(lost).error().code(), Errc::missing_block);
    EXPECT_TRUE(store->keep(lost, Generations::Lack::is_allowed));
}

TEST_F(GenerationsTest, work_that_began_before_is_waited_for) {
    auto work = store->states().hold();
    ASSERT_TRUE(store->begin(links));
    const auto later = store->states().hold();
    EXPECT_TRUE(store->advance(1'000).value());
    EXPECT_FALSE(store->seal({}).value());
    work.reset();
    EXPECT_TRUE(store->seal({}).value());
}

// A block that is not kept is gone from the moment on at which the collection is sealed, although its bytes are still
// there: nobody may link to it any more.
TEST_F(GenerationsTest, what_is_not_kept_is_gone_before_it_is_removed) {
    std::uint64_t value = 0;
    const Cid first = make_tree(store->states(), 3, value);
    const Cid second = change(store->states(), first, 5, 1'000).value();
    ASSERT_TRUE(store->begin(links));
    ASSERT_TRUE(store->keep(second));
    while (!store->advance(1'000).value()) {
    }
    EXPECT_TRUE(store->states().get(first));
    ASSERT_TRUE(store->seal({}).value());
    EXPECT_FALSE(store->states().get(first));
    EXPECT_FALSE(store->states().has(first).value());
    const Cid third = change(store->states(), second, 9, 2'000).value();
    // A start begins at the last place that is on record, so a step must reach the next one.
    for (bool done = false; !done;) {
        done = store->sweep(10'000).value();
        EXPECT_TRUE(is_complete(store->states(), second));
        EXPECT_TRUE(is_complete(store->states(), third));
        EXPECT_FALSE(store->states().has(first).value());
        reopen();
        EXPECT_TRUE(store->is_sealed());
    }
    ASSERT_TRUE(store->finish({}));
    EXPECT_FALSE(store->is_collecting());
    EXPECT_TRUE(is_complete(store->states(), third));
    EXPECT_EQ(families.family_names(), (std::vector<std::string>{"chain", "states-2"}));
    reopen();
    EXPECT_FALSE(store->is_sealed());
    EXPECT_EQ(count_in(*families.family("states-2").value()), count_below(store->states(), {second, third}));
}

TEST_F(GenerationsTest, a_sweep_without_its_collection_is_damage) {
    ASSERT_TRUE(meta.put("chain/sweep", Bytes{}));
    Generations damaged(families, meta);
    EXPECT_EQ(damaged.open().error().code(), Errc::malformed);
    EXPECT_EQ(families.family_names(), (std::vector<std::string>{"chain", "states-1"})) << "nothing was removed";
}

TEST_F(GenerationsTest, a_full_disk_at_the_end_changes_nothing) {
    std::uint64_t value = 0;
    const Cid root = make_tree(store->states(), 2, value);
    ASSERT_TRUE(store->begin(links));
    ASSERT_TRUE(store->keep(root));
    while (!store->advance(1'000).value()) {
    }
    meta.is_full = true;
    EXPECT_EQ(store->seal({}).error().code(), Errc::no_space);
    EXPECT_TRUE(store->is_collecting());
    EXPECT_FALSE(store->is_sealed());
    EXPECT_EQ(families.family_names().size(), 4U);
    meta.is_full = false;
    while (!store->advance(1'000).value()) {
    }
    EXPECT_TRUE(store->seal({{"chain/kept", Bytes{1}}}).value());
    while (!store->sweep(1'000).value()) {
    }
    meta.is_full = true;
    EXPECT_EQ(store->finish({}).error().code(), Errc::no_space);
    EXPECT_TRUE(store->is_sealed());
    EXPECT_TRUE(is_complete(store->states(), root));
    meta.is_full = false;
    EXPECT_TRUE(store->finish({}));
    EXPECT_TRUE(is_complete(store->states(), root));
    EXPECT_TRUE(meta.get("chain/kept").value());
}

/// Executions and a collection in an order that a seed chooses. `memory` is what a state manager remembers: roots that
/// no header names yet. An execution is in steps: it begins, reads its base, writes some paths, and names its result.
class Interleaving {
  public:
    explicit Interleaving(std::uint64_t seed) : random_(seed) {
        open();
        std::uint64_t value = 0;
        chain_.push_back(make_tree(states(), 3, value));
    }
    void run() {
        for (int step = 0; step < 600; ++step) {
            switch (random_() % 8) {
                case 0:
                case 1:
                    execute();
                    break;
                case 2:
                    execute_slowly();
                    break;
                case 3:
                    name_remembered();
                    break;
                case 4:
                    restart();
                    break;
                default:
                    collect();
                    break;
            }
            if (::testing::Test::HasFailure()) return;
        }
        EXPECT_GT(collections_, 3);
    }

  private:
    static constexpr std::size_t kKept = 6;

    CollectedBlockstore& states() { return store_->states(); }
    void open() {
        store_ = std::make_unique<Generations>(families_, meta_, kGiveBackEvery);
        ASSERT_TRUE(store_->open());
    }
    void check_kept() {
        for (std::size_t i = chain_.size() - std::min(kKept, chain_.size()); i < chain_.size(); ++i)
            EXPECT_TRUE(is_complete(states(), chain_[i])) << "root " << i << " of " << chain_.size();
    }
    /// A result that is remembered and named later, or never.
    void execute() {
        const auto held = states().hold();
        const auto made = change(states(), chain_.back(), random_() % 64, random_());
        ASSERT_TRUE(made) << made.error().message();
        remembered_ = *made;
    }
    /// Other things happen between the first and the second half.
    void execute_slowly() {
        auto held = states().hold();
        const auto half = change(states(), chain_.back(), random_() % 64, random_());
        ASSERT_TRUE(half) << half.error().message();
        for (int i = 0; i < 20; ++i) collect();
        const auto made = change(states(), *half, random_() % 64, random_());
        ASSERT_TRUE(made) << made.error().message();
        chain_.push_back(*made);
        held.reset();
        check_kept();
    }
    /// A child names a result that was made at any time before, if it is still there; else it is made again.
    void name_remembered() {
        if (!remembered_) return;
        const auto held = states().hold();
        const bool here = states().has(*remembered_).value();
        for (int i = 0; here && i < 10; ++i) collect();
        // After it was named, it is asked for again under the same hold, as Consensus::mark_valid does.
        if (here) {
            chain_.push_back(*remembered_);
            EXPECT_TRUE(states().has(*remembered_).value());
        }
        remembered_.reset();
        check_kept();
    }
    void restart() {
        if (random_() % 8 != 0) return;
        store_.reset();
        has_begun_ = false;
        remembered_.reset();
        open();
        check_kept();
    }
    void collect() {
        if (store_->is_sealed()) {
            sweep();
            return;
        }
        if (!has_begun_) {
            ASSERT_TRUE(store_->begin(links));
            has_begun_ = true;
            for (std::size_t i = chain_.size() - std::min(kKept, chain_.size()); i < chain_.size(); ++i)
                ASSERT_TRUE(store_->keep(chain_[i]));
            return;
        }
        const auto done = store_->advance(1 + random_() % 3'000);
        ASSERT_TRUE(done) << done.error().message();
        if (!*done) return;
        const auto sealed = store_->seal({});
        ASSERT_TRUE(sealed);
        if (*sealed) check_kept();
    }
    void sweep() {
        const auto swept = store_->sweep(1 + random_() % 3'000);
        ASSERT_TRUE(swept) << swept.error().message();
        if (*swept) {
            ASSERT_TRUE(store_->finish({}));
            has_begun_ = false;
            ++collections_;
        }
        if (*swept || random_() % 8 == 0) check_kept();
    }

    std::mt19937_64 random_;
    MemoryFamilies families_;
    MemoryKeyValue meta_;
    std::unique_ptr<Generations> store_;
    std::vector<Cid> chain_;
    std::optional<Cid> remembered_;
    bool has_begun_ = false;
    int collections_ = 0;
};

void run_seeds(std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t seed = first; seed < last; ++seed) {
        Interleaving one(seed);
        one.run();
        ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
    }
}
TEST(Interleavings, lose_nothing) {
    run_seeds(0, 20);
}
TEST(InterleavingsSlow, lose_nothing) {
    run_seeds(20, 500);
}

// Four threads execute on their own chains while a fifth one collects.
TEST(Generations, serve_threads) {
    MemoryFamilies families;
    MemoryKeyValue meta;
    Generations store(families, meta, kGiveBackEvery);
    ASSERT_TRUE(store.open());
    std::uint64_t value = 0;
    const Cid genesis = make_tree(store.states(), 3, value);
    Mutex mutex;
    std::vector<Cid> heads(4, genesis);
    std::atomic<bool> stop = false;
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < heads.size(); ++t)
        threads.emplace_back([&, t] {
            std::mt19937_64 random(t);
            for (int i = 0; i < 2'000; ++i) {
                const auto held = store.states().hold();
                Cid at;
                {
                    const Lock lock(mutex);
                    at = heads[t];
                }
                const auto next = change(store.states(), at, random() % 64, random());
                ASSERT_TRUE(next) << next.error().message();
                {
                    const Lock lock(mutex);
                    heads[t] = *next;
                }
                // It is asked for after it was named: a collection that begins in between sees the name.
                ASSERT_TRUE(store.states().has(*next).value());
                // An execution mostly reads and computes; without any pause the notes would hardly ever be empty.
                if (i % 8 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        });
    int collections = 0;
    std::jthread collector([&] {
        while (!stop) {
            ASSERT_TRUE(store.begin(links));
            const auto roots = [&] {
                const Lock lock(mutex);
                return heads;
            }();
            for (const auto& root : roots) ASSERT_TRUE(store.keep(root));
            for (bool done = false; !done;) {
                ASSERT_TRUE(store.advance(5'000));
                const auto sealed = store.seal({});
                ASSERT_TRUE(sealed);
                done = *sealed;
            }
            while (!store.sweep(5'000).value()) {
            }
            ASSERT_TRUE(store.finish({}));
            ++collections;
        }
    });
    for (auto& thread : threads) thread.join();
    stop = true;
    collector.join();
    for (const auto& head : heads) EXPECT_TRUE(is_complete(store.states(), head));
    EXPECT_GT(collections, 1);
}

// Works and collects endlessly on disk. The record "head" names the newest root durably.
void collect_until_killed(const std::filesystem::path& folder, const strata::testing::ChildBegun& begun) {
    auto disk = RocksStore::open(folder, Content::chain);
    if (!disk) ::_exit(1);
    Generations store((*disk)->families(), (*disk)->metadata(), kGiveBackEvery);
    if (!store.open()) ::_exit(1);
    const auto head = (*disk)->metadata().get("chain/head").value();
    std::uint64_t value = 0;
    Cid root = head ? Cid::from_bytes(*head).value() : make_tree(store.states(), 4, value);
    std::mt19937_64 random(static_cast<std::uint64_t>(::getpid()));
    for (;;) {
        if (!store.is_sealed() && (!store.begin(links) || !store.keep(root))) ::_exit(1);
        for (bool ended = false; !ended;) {
            const auto next = change(store.states(), root, random() % 256, random());
            if (!next || !(*disk)->metadata().put("chain/head", next->bytes())) ::_exit(1);
            root = *next;
            begun();
            if (store.is_sealed()) {
                const auto swept = store.sweep(5'000);
                if (!swept || (*swept && !store.finish({}))) ::_exit(1);
                ended = *swept;
            } else if (!store.advance(5'000) || !store.seal({})) {
                ::_exit(1);
            }
        }
    }
}

void kill_again_and_again(int rounds) {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
    GTEST_SKIP() << "ThreadSanitizer cannot follow the threads that a forked child starts";
#endif
#endif
    const TemporaryFolder folder;
    int checked = 0;
    for (int round = 0; round < rounds; ++round) {
        ASSERT_TRUE(strata::testing::kill_after(
            std::chrono::milliseconds(5 + 23 * (round % 10)),
            [&](const strata::testing::ChildBegun& begun) { collect_until_killed(folder.path(), begun); }));
        const auto disk = RocksStore::open(folder.path(), Content::chain);
        ASSERT_TRUE(disk) << disk.error().message();
        Generations store((*disk)->families(), (*disk)->metadata());
        ASSERT_TRUE(store.open());
        const auto head = (*disk)->metadata().get("chain/head").value();
        ASSERT_TRUE(head);
        ++checked;
        EXPECT_TRUE(is_complete(store.states(), Cid::from_bytes(*head).value())) << "round " << round;
        EXPECT_LE(store.sizes().size(), 4U) << "the chain, the newest generation, the one before it, and the marks";
    }
    EXPECT_EQ(checked, rounds);
}

TEST(Generations, survive_kills) {
    kill_again_and_again(6);
}
TEST(GenerationsSlow, survive_many_kills) {
    kill_again_and_again(200);
}

}  // namespace
}  // namespace strata::store
