// Lotus' client expects pieces in base64, and an empty one at the end of a complete export only (lotus
// node/impl/full/chain.go, cli/chain.go).
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include <strata/api/exports.hpp>
#include <strata/api/test_node.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/test_fake_chain.hpp>
#include <strata/ipld/car.hpp>

namespace strata::api {
namespace {

/// A channel whose reader takes values when the test says so.
class SlowChannel final : public Channel {
  public:
    bool send(const std::string& value) override {
        const Lock lock(mutex_);
        if (!is_open_) return false;
        values_.push_back(value);
        most_ = std::max(most_, values_.size() - taken_);
        return true;
    }
    void close() override {
        const Lock lock(mutex_);
        is_open_ = false;
    }
    bool is_open() const override {
        const Lock lock(mutex_);
        return is_open_;
    }
    std::size_t waiting() const override {
        const Lock lock(mutex_);
        return values_.size() - taken_;
    }
    void take_all() {
        const Lock lock(mutex_);
        taken_ = values_.size();
    }
    void take_one() {
        const Lock lock(mutex_);
        taken_ = std::min(taken_ + 1, values_.size());
    }
    std::vector<std::string> values() const {
        const Lock lock(mutex_);
        return values_;
    }
    std::size_t most_waiting() const {
        const Lock lock(mutex_);
        return most_;
    }

  private:
    mutable Mutex mutex_;
    bool is_open_ STRATA_GUARDED_BY(mutex_) = true;
    std::vector<std::string> values_ STRATA_GUARDED_BY(mutex_);
    std::size_t taken_ STRATA_GUARDED_BY(mutex_) = 0;
    std::size_t most_ STRATA_GUARDED_BY(mutex_) = 0;
};

template <class Condition>
void wait_until(const Condition& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (!holds() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    ASSERT_TRUE(holds());
}

Exports::Work megabytes(int count, std::shared_ptr<std::atomic<int>> written = std::make_shared<std::atomic<int>>(0)) {
    return [=](chain::ChainStore&, const ByteSink& sink, const Watch&) -> Status {
        for (int i = 0; i < count; ++i) {
            STRATA_OK(sink(Bytes(std::size_t{1} << 20, static_cast<std::uint8_t>(i))));
            ++*written;
        }
        return {};
    };
}

class ApiExports : public testing::TestNode {
  protected:
    /// Reads the body of an answer to its end.
    static Result<Bytes> read_all(const http::Stream& stream) {
        Bytes out;
        Bytes piece(10'000);
        for (;;) {
            STRATA_TRY(const auto got, stream.read(piece));
            if (got == 0) return out;
            append(out, BytesView(piece).first(got));
        }
    }
    Result<Bytes> snapshot(const std::map<std::string, std::string>& query) {
        http::Request request{"GET", "/rpc/snapshot", query, {}, {}};
        auto response = service->handle(request);
        if (response.status != 200)
            return fail(Errc::verification,
                        std::to_string(response.status) + " " + std::string(as_text(std::get<Bytes>(response.body))));
        return read_all(std::get<http::Stream>(response.body));
    }
};

TEST_F(ApiExports, ASlowReaderHoldsTheExportUp) {
    Exports exports(*node, {});
    const auto channel = std::make_shared<SlowChannel>();
    const auto written = std::make_shared<std::atomic<int>>(0);
    exports.send(*exports.take_place(Permissions::all()), channel, megabytes(20, written));
    wait_until([&] { return channel->waiting() == 2; });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_LE(*written, 3) << "what waits is bounded";
    while (channel->is_open()) {
        channel->take_all();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const auto values = channel->values();
    ASSERT_EQ(values.size(), 21U);
    EXPECT_EQ(*from_base64(Json::parse(values[7]).get<std::string>()), Bytes(std::size_t{1} << 20, 7));
    EXPECT_EQ(values.back(), "\"\"");
    EXPECT_LE(channel->most_waiting(), 3U);
}

TEST_F(ApiExports, ReadersThatTakeNothingAreGivenUpAndPlacesAreBounded) {
    Exports exports(*node, {.at_once = 2, .patience = std::chrono::seconds(0)});
    const auto channel = std::make_shared<SlowChannel>();
    exports.send(*exports.take_place(Permissions::all()), channel, megabytes(20));
    wait_until([&] { return !channel->is_open(); });
    EXPECT_NE(channel->values().back(), "\"\"") << "the export is not complete";
    const auto one = exports.take_place(Permissions::all());
    const auto two = exports.take_place(Permissions::all());
    ASSERT_TRUE(one && two);
    EXPECT_EQ(exports.take_place(Permissions::all()).error().code(), Errc::busy);
}

// Each piece is taken long before the patience is over, but all together much too slowly.
TEST_F(ApiExports, AReaderBelowTheLeastRateIsGivenUp) {
    Exports exports(*node, {.patience = std::chrono::milliseconds(200), .least_rate = std::uint64_t{1} << 30});
    const auto channel = std::make_shared<SlowChannel>();
    exports.send(*exports.take_place(Permissions::all()), channel, megabytes(200));
    for (int i = 0; i < 200 && channel->is_open(); ++i) {
        channel->take_one();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_FALSE(channel->is_open());
    EXPECT_LT(channel->values().size(), 150U);
    EXPECT_NE(channel->values().back(), "\"\"");

    auto body = exports.stream(*exports.take_place(Permissions::all()), megabytes(200));
    Bytes piece(std::size_t{1} << 20);
    std::size_t pieces = 0;
    for (; pieces < 200 && body(piece); ++pieces) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_LT(pieces, 150U);
}

TEST_F(ApiExports, AReaderAboveTheLeastRateMayTakeLongerThanThePatience) {
    Exports exports(*node, {.patience = std::chrono::milliseconds(200), .least_rate = std::uint64_t{1} << 20});
    const auto begin = std::chrono::steady_clock::now();
    const auto channel = std::make_shared<SlowChannel>();
    exports.send(*exports.take_place(Permissions::all()), channel, megabytes(20));
    while (channel->is_open()) {
        channel->take_one();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_EQ(channel->values().back(), "\"\"");
    auto body = exports.stream(*exports.take_place(Permissions::all()), megabytes(20));
    Bytes piece(std::size_t{1} << 20);
    std::size_t bytes = 0;
    for (auto got = body(piece); got && *got != 0; got = body(piece)) {
        bytes += *got;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_EQ(bytes, std::size_t{20} << 20);
    EXPECT_GT(std::chrono::steady_clock::now() - begin, 2 * exports.limits().patience);
}

TEST_F(ApiExports, APlaceIsKeptForTheOwner) {
    Exports exports(*node, {.at_once = 2, .for_others = 1});
    const Permissions anybody;
    auto one = exports.take_place(anybody);
    ASSERT_TRUE(one);
    EXPECT_EQ(exports.take_place(anybody).error().code(), Errc::busy);
    const auto owners = exports.take_place(Permissions::all());
    ASSERT_TRUE(owners);
    EXPECT_EQ(exports.take_place(Permissions::all()).error().code(), Errc::busy);
    // A refusal holds no place.
    *one = nullptr;
    one = exports.take_place(anybody);
    ASSERT_TRUE(one);
    *one = nullptr;
    const auto second = exports.take_place(Permissions::all());
    ASSERT_TRUE(second);
    EXPECT_EQ(exports.take_place(anybody).error().code(), Errc::busy) << "the owner has taken all";
}

TEST_F(ApiExports, StoppingEndsAnExportWhoseReaderIsSlow) {
    Exports exports(*node, {});
    const auto channel = std::make_shared<SlowChannel>();
    exports.send(*exports.take_place(Permissions::all()), channel, megabytes(20));
    wait_until([&] { return channel->waiting() == 2; });
    exports.stop();
    EXPECT_FALSE(channel->is_open());
    const auto late = std::make_shared<SlowChannel>();
    exports.send(*exports.take_place(Permissions::all()), late, megabytes(1));
    EXPECT_FALSE(late->is_open());
}

TEST_F(ApiExports, AClientGetsASnapshotOfTheRunningChain) {
    mine_to(8);
    const auto data = snapshot({{"format", "v1"}, {"recent_states", "3"}});
    ASSERT_TRUE(data) << data.error().message();
    std::set<Cid> there;
    const auto car = read_car(*data, [&](const Cid& cid, BytesView) -> Status {
        there.insert(cid);
        return {};
    });
    ASSERT_TRUE(car) << car.error().message();
    EXPECT_EQ(car->roots, node->head()->cids());
    EXPECT_TRUE(there.contains(node->head()->parent_state_root()));
    EXPECT_TRUE(there.contains(node->genesis()->cids().front()));
    EXPECT_FALSE(there.contains((*node->tipset_at(2, node->head(), chain::NullRound::next))->parent_state_root()));
    EXPECT_EQ(snapshot({{"format", "zip"}}).error().message(), "400 format is \"zip\", expected v1 or v2\n");
    EXPECT_TRUE(snapshot({{"epoch", "1000"}}).error().message().starts_with("404 "));
}

TEST_F(ApiExports, OnlyAnEpochThatTheChainDoesNotHaveIsNotFound) {
    chain::testing::FakeChain chain;
    const auto answer = [&](Errc code) {
        chain.break_call("tipset_at", code, "the reason");
        Service fake(chain, {});
        const auto told = fake.handle({"GET", "/rpc/snapshot", {{"epoch", "0"}}, {}, {}});
        return std::to_string(told.status) + " " + std::string(as_text(std::get<Bytes>(told.body)));
    };
    EXPECT_EQ(answer(Errc::out_of_range), "404 the reason\n");
    EXPECT_EQ(answer(Errc::not_found), "404 the reason\n");
    EXPECT_EQ(answer(Errc::busy), "503 the reason\n");
    EXPECT_EQ(answer(Errc::missing_block), "503 the reason\n");
    EXPECT_EQ(answer(Errc::io), "503 this node could not read or write its own files\n");
}

TEST_F(ApiExports, ThePlacesForOthersAreNotThoseOfTheOwner) {
    Options options;
    options.exports_for_others = 0;
    open(options);
    mine_to(3);
    http::Request request{"GET", "/rpc/snapshot", {}, {}, {}};
    EXPECT_EQ(service->handle(request).status, 503U);
    request.headers.emplace("authorization", "Bearer " + admin());
    EXPECT_EQ(service->handle(request).status, 200U);
}

TEST_F(ApiExports, ARangeIsWrittenToTheNodesFolder) {
    const auto folder = std::filesystem::temp_directory_path() / ("strata-range-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    Options options;
    options.folder = folder;
    open(options);
    mine_to(6);
    const auto head = result("ChainHead")["Cids"];
    const auto tail = result("ChainGetTipSetAfterHeight", {3, nullptr})["Cids"];
    const Json parts{{"WriteBufferSize", 1'048'576},
                     {"NumWorkers", 1},
                     {"IncludeMessages", true},
                     {"IncludeReceipts", true},
                     {"IncludeStateRoots", false}};
    EXPECT_EQ(result("ChainExportRangeInternal", {head, tail, parts}), Json());
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(folder)) files.push_back(file.path());
    ASSERT_EQ(files.size(), 1U);
    EXPECT_TRUE(files.front().filename().string().starts_with(
        "snapshot_" + std::to_string(result("ChainGetTipSet", {tail})["Height"].get<int>()) + "_" +
        std::to_string(height()) + "_"));
    EXPECT_EQ(message("ChainExportRangeInternal", {tail, head, parts}).substr(0, 22), "Height of head-tipset ");
    std::filesystem::remove_all(folder);
    open();
    EXPECT_EQ(message("ChainExportRangeInternal", {head, tail, parts}),
              "this node has no folder in which it could write a file");
}

TEST_F(ApiExports, AnExportNeedsAChannel) {
    EXPECT_EQ(code("ChainExport", {0, false, nullptr}), -32601);
}

}  // namespace
}  // namespace strata::api
