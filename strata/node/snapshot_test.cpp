// Protects snapshots of a node's chain in all their forms: what is exported is imported again with the same head, state
// and index; a process killed at any moment loses nothing; wrong files are refused. Sources: FRC-0108 and
// docs/protocol/node.md §23 for what a snapshot holds; docs/operating.md. That Forest reads and writes the same bytes
// is protected in ipld/indexed_car_test.cpp and tests/interop/snapshot_readers.py.
#include <strata/node/snapshot.hpp>

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <thread>

#include <strata/base/file_writer.hpp>
#include <strata/base/varint.hpp>
#include <strata/chain/snapshot/walk.hpp>
#include <strata/ipld/indexed_car.hpp>
#include <strata/node/repository.hpp>
#include <strata/node/stored_states.hpp>
#include <strata/node/test_snapshot.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;
using chain::SnapshotFormat;
using ::testing::HasSubstr;

constexpr SnapshotFormat kFormats[] = {SnapshotFormat::v1, SnapshotFormat::v2, SnapshotFormat::indexed};
constexpr int kTipsets = 60;

// F3 data: the header [1, 5, 9, []] and one certificate, each after its length (FRC-0108).
Bytes f3_data(std::size_t certificate = 300'000) {
    Bytes out{5, 0x84, 1, 5, 9, 0x80};
    append(out, uvarint(certificate));
    out.resize(out.size() + certificate, 0x17);
    return out;
}

class Snapshot : public ::testing::Test {
  protected:
    static chain::testing::TestChain& made() {
        static const auto chain = testing::made_chain(kTipsets);
        return *chain;
    }
    void SetUp() override { testing::put_into(node_, made()); }

    fs::path exported(SnapshotFormat format, SnapshotFileOptions options = {}) {
        const auto path = folder_ / ("snapshot." + std::to_string(static_cast<int>(format)));
        options.format = format;
        const auto done = export_snapshot(node_, path, options);
        EXPECT_TRUE(done) << done.error().message();
        return path;
    }
    static std::map<Cid, Bytes> blocks_of(const fs::path& file) {
        std::map<Cid, Bytes> out;
        auto stream = chain::SnapshotStream::open(file, {}).value();
        for (CarBlock block; stream.next(block).value();)
            EXPECT_TRUE(out.emplace(block.cid, to_bytes(block.data)).second) << "a block is written twice";
        return out;
    }
    static void expect_chain(const fs::path& node) {
        auto opened = OpenedChain::open(node);
        ASSERT_TRUE(opened) << opened.error().message();
        EXPECT_EQ(opened->head()->key(), made().chain.head()->key());
        EXPECT_EQ(opened->genesis()->key(), made().chain.genesis()->key());
        const auto check = chain::check_chain(opened->blocks(), opened->head()->cids(), {});
        ASSERT_TRUE(check) << check.error().message();
        EXPECT_EQ(check->tipsets, kTipsets + 1U);
        EXPECT_EQ(check->network, "test");
    }
    // Does what `strata repo check --all` does.
    static void expect_sound(const fs::path& node) {
        const auto check = check_repository(node, {}, /*every_block=*/true);
        ASSERT_TRUE(check) << check.error().message();
        EXPECT_EQ(check->states, kTipsets + 0U);
        EXPECT_EQ(check->without_messages, 0U);
    }
    static chain::ExpectedChain genesis() {
        return {.network = nullptr, .genesis = made().chain.genesis()->cids().front()};
    }

    strata::testing::TempFolder folder_;
    fs::path node_ = folder_ / "node";
};

TEST_F(Snapshot, every_form_holds_the_same_blocks) {
    const auto plain = blocks_of(exported(SnapshotFormat::v1));
    EXPECT_EQ(blocks_of(exported(SnapshotFormat::v2)), plain);
    EXPECT_EQ(blocks_of(exported(SnapshotFormat::indexed)), plain);
    // All states are recent, so the snapshot has whatever hangs below the chain. Code of actors is not stored here.
    for (auto at = made().chain.head(); at->height() > 0; at = made().chain.parent(*at).value()) {
        EXPECT_TRUE(plain.contains(at->cids()[0]));
        EXPECT_TRUE(plain.contains(at->blocks()[0].messages));
        EXPECT_TRUE(plain.contains(at->parent_state_root()));
    }
}

TEST_F(Snapshot, only_recent_epochs_have_states_and_messages) {
    const auto blocks = blocks_of(exported(SnapshotFormat::v2, {.recent_states = 10}));
    for (auto at = made().chain.head(); at->height() > 0; at = made().chain.parent(*at).value()) {
        const bool recent = at->height() > kTipsets - 10;
        EXPECT_TRUE(blocks.contains(at->cids()[0]));
        EXPECT_EQ(blocks.contains(at->blocks()[0].messages), recent) << at->height();
        EXPECT_EQ(blocks.contains(at->parent_state_root()), recent || at->height() == 1) << at->height();
    }
    EXPECT_TRUE(blocks.contains(made().chain.genesis()->parent_state_root())) << "as lotus and forest have it";
}

TEST_F(Snapshot, what_is_exported_is_imported) {
    for (const auto format : kFormats) {
        const auto file = exported(format, {.recent_states = 20});
        const auto target = folder_ / ("imported." + std::to_string(static_cast<int>(format)));
        const auto done = import_snapshot(file, target, {.expected = genesis(), .record_every = 5000});
        ASSERT_TRUE(done) << done.error().message();
        EXPECT_EQ(done->head->height(), kTipsets);
        expect_chain(target);
        // Lookups go over the index of the main chain.
        const auto repository = store::Repository::open(target / "repository").value();
        chain::ChainStore chain(repository->blocks(), repository->records());
        ASSERT_TRUE(chain.open());
        for (const ChainEpoch epoch : {0, 1, 31, 32, 33, 59})
            EXPECT_EQ(chain.tipset_at(epoch, chain.head(), chain::NullRound::previous).value()->height(), epoch);
        EXPECT_EQ(chain.meta().get("chain/indexing").value(), std::nullopt);
    }
}

TEST_F(Snapshot, f3_data_go_through_as_a_file) {
    const auto f3 = folder_ / "f3";
    ASSERT_TRUE(write_file(f3, f3_data()));
    for (const auto format : {SnapshotFormat::v2, SnapshotFormat::indexed}) {
        const auto file = exported(format, {.f3 = f3, .checksum = true});
        const auto facts = snapshot_facts(file, {});
        ASSERT_TRUE(facts) << facts.error().message();
        EXPECT_EQ(facts->version, 2U);
        EXPECT_EQ(facts->indexed, format == SnapshotFormat::indexed);
        EXPECT_EQ(facts->f3, Cid::hash_of(Codec::raw, f3_data()));
        ASSERT_TRUE(facts->f3_range);
        EXPECT_EQ(facts->f3_range->first, 5U);
        EXPECT_EQ(facts->f3_range->latest, 9U);
        EXPECT_EQ(facts->height, kTipsets);
        EXPECT_EQ(facts->head, made().chain.head()->cids());
        const auto target = folder_ / ("f3." + std::to_string(static_cast<int>(format)));
        ASSERT_TRUE(import_snapshot(file, target, {.expected = genesis()}));
        EXPECT_EQ(read_file(target / "f3.snapshot", UINT64_MAX).value(), f3_data());
        const auto line = read_file(file.string() + ".sha256sum", 1000).value();
        EXPECT_THAT(std::string(as_text(line)), HasSubstr("  " + file.filename().string() + "\n"));
    }
    const auto refused = export_snapshot(node_, folder_ / "x", {.format = SnapshotFormat::v1, .f3 = f3});
    EXPECT_EQ(refused.error().code(), Errc::invalid_argument);
    EXPECT_FALSE(fs::exists(folder_ / "x"));
}

TEST_F(Snapshot, a_chain_is_used_in_place) {
    const auto file = exported(SnapshotFormat::indexed);
    const auto target = folder_ / "light";
    const auto done = import_snapshot(file, target, {.expected = genesis(), .in_place = true});
    ASSERT_TRUE(done) << done.error().message();
    expect_chain(target);
    {
        const auto repository = store::Repository::open(target / "repository").value();
        EXPECT_FALSE(repository->blocks().has(made().chain.head()->cids()[0]).value()) << "nothing was copied";
        ASSERT_TRUE(open_snapshot_below(*repository));
        EXPECT_TRUE(repository->blocks().has(made().chain.head()->cids()[0]).value());
        // New blocks go above, and the head moves on.
        chain::ChainStore chain(repository->blocks(), repository->records());
        ASSERT_TRUE(chain.open());
        const auto below = chain.parent(*chain.head()).value();
        ASSERT_TRUE(chain.set_head(below));
        ASSERT_TRUE(chain.set_head(made().chain.head()));
        EXPECT_EQ(repository->blocks().get(Cid::hash_of(Codec::raw, as_bytes("absent"))).error().code(),
                  Errc::missing_block);
    }
    fs::rename(file, folder_ / "elsewhere");
    EXPECT_THAT(OpenedChain::open(target).error().message(), HasSubstr("put the file back"));
    ASSERT_TRUE(write_file(file, as_bytes("short")));
    EXPECT_FALSE(OpenedChain::open(target));
    const auto plain = exported(SnapshotFormat::v2);
    EXPECT_EQ(import_snapshot(plain, folder_ / "plain", {.expected = genesis(), .in_place = true}).error().code(),
              Errc::malformed);
}

TEST_F(Snapshot, a_different_chain_is_refused) {
    const auto file = exported(SnapshotFormat::v2);
    chain::Network network = chain::devnet_2k();
    network.name = "different";
    for (const auto& expected :
         {chain::ExpectedChain{.network = &network, .genesis = {}},
          chain::ExpectedChain{.network = nullptr, .genesis = genesis_of_public_network("mainnet")}}) {
        const auto target = folder_ / "refused";
        const auto done = import_snapshot(file, target, {.expected = expected});
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code(), Errc::verification) << done.error().message();
        EXPECT_FALSE(OpenedChain::open(target)) << "it has no head";
        fs::remove_all(target);
    }
    EXPECT_EQ(import_snapshot(file, node_, {.expected = genesis()}).error().code(), Errc::busy);
}

TEST_F(Snapshot, damage_and_gaps_are_refused) {
    const auto file = exported(SnapshotFormat::v1);
    auto bytes = read_file(file, UINT64_MAX).value();
    const auto import_of = [&](BytesView content) {
        const auto path = folder_ / "changed";
        EXPECT_TRUE(write_file(path, content));
        fs::remove_all(folder_ / "target");
        return import_snapshot(path, folder_ / "target", {.expected = genesis()}).error().code();
    };
    auto padded = bytes;
    padded.resize(padded.size() + 5000);
    {
        ASSERT_TRUE(write_file(folder_ / "padded", padded));
        EXPECT_TRUE(import_snapshot(folder_ / "padded", folder_ / "from_padded", {.expected = genesis()}));
    }
    padded.back() = 1;
    EXPECT_EQ(import_of(padded), Errc::trailing);
    EXPECT_EQ(import_of(BytesView(bytes).first(bytes.size() - 1)), Errc::truncated);
    // Without its last section the file lacks a block of the state of genesis or the header.
    bytes[bytes.size() / 2] ^= 1;
    EXPECT_NE(import_of(bytes), Errc::internal);
    EXPECT_EQ(import_of({}), Errc::truncated);
}

TEST_F(Snapshot, an_unfinished_import_goes_on_and_starts_no_other_chain) {
    const auto file = exported(SnapshotFormat::v1);
    const auto target = folder_ / "stopped";
    std::atomic<bool> stop = false;
    Watch watch{.progress = [&](std::string_view, double) { stop = true; }, .stop = &stop};
    // A stop after the first record.
    chain::ImportOptions options{.expected = genesis(), .f3 = {}, .record_every = 20'000, .watch = {}};
    {
        const auto repository = store::Repository::open(target / "repository").value();
        chain::ChainStore chain(repository->blocks(), repository->records());
        options.watch = watch;
        const auto stopped = chain::import_snapshot(file, chain, options);
        ASSERT_FALSE(stopped);
        EXPECT_EQ(stopped.error().code(), Errc::cancelled);
        EXPECT_TRUE(chain::is_import_unfinished(chain).value());
    }
    EXPECT_THAT(open_repository(target / "repository", folder_ / "genesis.car").error().message(),
                HasSubstr("strata chain import"));
    const auto done = import_snapshot(file, target, {.expected = genesis()});
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_GT(done->resumed_at, 0U);
    expect_chain(target);
}

TEST_F(Snapshot, the_set_of_visited_blocks_is_bounded) {
    const auto refused = export_snapshot(node_, folder_ / "x", {.max_memory = 4096});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::too_large);
    EXPECT_FALSE(fs::exists(folder_ / "x"));
    EXPECT_FALSE(fs::exists(unfinished_path(folder_ / "x")));
}

// tests/interop/snapshot_readers.py gives these files to the readers of other projects.
TEST_F(Snapshot, files_for_other_readers) {
    const char* const out = std::getenv("STRATA_SNAPSHOT_OUT");
    if (out == nullptr) GTEST_SKIP() << "STRATA_SNAPSHOT_OUT is not set: it names the folder for the files";
    ASSERT_TRUE(write_file(folder_ / "f3", f3_data()));
    const std::pair<const char*, SnapshotFormat> files[] = {{"v1.car", SnapshotFormat::v1},
                                                            {"v2.car", SnapshotFormat::v2},
                                                            {"indexed.forest.car.zst", SnapshotFormat::indexed}};
    for (const auto& [name, format] : files) {
        SnapshotFileOptions options{.format = format};
        if (format != SnapshotFormat::v1) options.f3 = folder_ / "f3";
        ASSERT_TRUE(export_snapshot(node_, fs::path(out) / name, options));
    }
}

// Runs `work` in a child and kills it after `delay`; returns true if it was done before.
template <class Work>
bool killed_after(std::chrono::microseconds delay, const Work& work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work() ? 0 : 1);
    std::this_thread::sleep_for(delay);
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status)) EXPECT_EQ(WEXITSTATUS(status), 0);
    return WIFEXITED(status);
}

class SnapshotKills : public Snapshot {
  protected:
    void kill_exports_and_imports(int moments) {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
        GTEST_SKIP() << "ThreadSanitizer cannot follow the threads that a forked child starts";
#endif
#endif
        std::mt19937 lots(7);  // NOLINT(*-msc51-cpp): the same moments in every run
        const auto whole = exported(SnapshotFormat::indexed);
        const auto expected = blocks_of(whole);
        for (int i = 0; i < moments; ++i) {
            const auto format = kFormats[i % 3];
            const auto file = folder_ / "killed.snapshot";
            const auto write = [&] { return export_snapshot(node_, file, {.format = format}).has_value(); };
            fs::remove(file);
            killed_after(std::chrono::microseconds(lots() % 60'000), write);
            if (fs::exists(file)) EXPECT_EQ(blocks_of(file), expected) << "a file under the final name is complete";
            expect_sound(node_);
            ASSERT_TRUE(write());
            EXPECT_EQ(blocks_of(file), expected);
            const auto target = folder_ / "killed";
            fs::remove_all(target);
            // A kill may come after the head was written; the next import then says that there is a chain.
            const auto read = [&] {
                const auto done = import_snapshot(file, target, {.expected = genesis(), .record_every = 3000});
                return done || done.error().code() == Errc::busy;
            };
            bool done = false;
            for (int round = 0; round < 3 && !done; ++round)
                done = killed_after(std::chrono::microseconds(lots() % 150'000), read);
            if (!done) EXPECT_TRUE(read());
            expect_chain(target);
            expect_sound(target);
            ASSERT_FALSE(HasFailure()) << "moment " << i;
        }
    }
};
TEST_F(SnapshotKills, nothing_is_lost_at_a_few_moments) {
    kill_exports_and_imports(6);
}
class SnapshotKillsSlow : public SnapshotKills {};
TEST_F(SnapshotKillsSlow, nothing_is_lost_at_two_hundred_moments) {
    kill_exports_and_imports(200);
}

// A long chain in place: the index reaches two finalities down at once and is completed later.
TEST(SnapshotIndex, an_index_that_is_not_complete_answers_near_the_head) {
    const auto made = testing::made_chain(2600, 3);
    store::MemoryKeyValue records;
    chain::ChainStore chain(made->blocks, records);
    const auto& head = made->chain.head();
    const chain::ExpectedChain expected{.network = nullptr, .genesis = made->chain.genesis()->cids().front()};
    ASSERT_TRUE(chain::adopt_snapshot(head->cids(), chain, expected, {}));
    ASSERT_TRUE(chain.meta().get("chain/indexing").value());
    const auto at = [&](ChainEpoch epoch) { return chain.tipset_at(epoch, chain.head(), chain::NullRound::previous); };
    for (const ChainEpoch epoch : {2600, 2599, 1500, 700, 600, 0}) EXPECT_EQ(at(epoch).value()->height(), epoch);
    {
        chain::ChainStore again(made->blocks, records);
        ASSERT_TRUE(again.open());
        EXPECT_EQ(again.tipset_at(700, again.head(), chain::NullRound::previous).value()->height(), 700);
        const auto reached = again.index_down(again.head(), 100);
        EXPECT_EQ(reached.value()->height(), 500);
        EXPECT_EQ(again.index_down(again.head()).value(), again.genesis());
        EXPECT_EQ(again.meta().get("chain/indexing").value(), std::nullopt);
        for (const ChainEpoch epoch : {2600, 33, 32, 1, 0})
            EXPECT_EQ(again.tipset_at(epoch, again.head(), chain::NullRound::previous).value()->height(), epoch);
    }
}

}  // namespace
}  // namespace strata::node
