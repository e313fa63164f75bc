// Tests the repository in two parts, and the conversion from the earlier form, stopped at every step.
#include <strata/store/repository.hpp>
#include <strata/testing/temp_folder.hpp>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace strata::store {
namespace {

namespace fs = std::filesystem;

const Bytes kSecret = to_bytes(as_bytes("a private key that must not stay in other files"));

class Repositories : public ::testing::Test {
  protected:
    /// Makes the form of earlier versions: one database in the repository's own folder.
    void make_old() const {
        const auto old = RocksStore::open(folder_, Content::records).value();
        ASSERT_TRUE(old->blocks().put(Codec::raw, Bytes{7}));
        ASSERT_TRUE(old->metadata().write({{"chain/head", Bytes{1}}, {"wallet/key/f1x", kSecret}}));
        std::vector<Write> many;
        for (int i = 0; i < 2500; ++i) many.push_back({"deals/deal/" + std::to_string(i), Bytes{1, 2}});
        ASSERT_TRUE(old->metadata().write(many));
    }
    static void expect_all(Repository& repository) {
        EXPECT_TRUE(repository.blocks().has(Cid::hash_of(Codec::raw, Bytes{7})).value());
        EXPECT_EQ(repository.records().get("chain/head").value(), Bytes{1});
        EXPECT_EQ(repository.records().get("wallet/key/f1x").value(), kSecret);
        std::size_t deals = 0;
        EXPECT_TRUE(repository.records().for_each("deals/", [&](std::string_view, BytesView) -> Result<bool> {
            ++deals;
            return true;
        }));
        EXPECT_EQ(deals, 2500U);
    }
    /// Returns the number of files below `folder` that hold the secret.
    static std::size_t files_with_secret(const fs::path& folder) {
        std::size_t found = 0;
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            if (!entry.is_regular_file()) continue;
            const auto bytes = read_file(entry.path(), std::uint64_t{1} << 30).value();
            if (as_text(bytes).contains(as_text(kSecret))) ++found;
        }
        return found;
    }

    testing::TempFolder root_;
    fs::path folder_ = root_ / "repository";
};

TEST_F(Repositories, KeepsTheChainApartFromWhatCannotBeMadeAgain) {
    {
        const auto repository = Repository::open(folder_).value();
        ASSERT_TRUE(repository->records().put("chain/head", Bytes{1}));
        ASSERT_TRUE(repository->records().put("wallet/key/f1x", kSecret));
        EXPECT_EQ(Repository::open(folder_).error().code(), Errc::busy);
    }
    EXPECT_EQ(files_with_secret(folder_ / "chain"), 0U);
    EXPECT_GT(files_with_secret(folder_ / "records"), 0U);
    // This is what the error messages advise.
    fs::remove_all(folder_ / "chain");
    const auto repository = Repository::open(folder_).value();
    EXPECT_FALSE(repository->records().get("chain/head").value());
    EXPECT_EQ(repository->records().get("wallet/key/f1x").value(), kSecret);
}

TEST_F(Repositories, ABatchLiesInOneDatabase) {
    const auto repository = Repository::open(folder_).value();
    auto& records = repository->records();
    EXPECT_TRUE(records.write({{"chain/head", Bytes{1}}, {"chain/valid/1", Bytes{}}}));
    EXPECT_TRUE(records.write({{"wallet/a", Bytes{1}}, {"deals/b", Bytes{}}, {"chainless", Bytes{}}}));
    EXPECT_EQ(records.write({{"chain/head", Bytes{2}}, {"wallet/a", Bytes{2}}}).error().code(), Errc::internal);
    EXPECT_EQ(records.get("chain/head").value(), Bytes{1});
    const auto visit = [](std::string_view, BytesView) -> Result<bool> { return true; };
    EXPECT_EQ(records.for_each("cha", visit).error().code(), Errc::internal);
    EXPECT_TRUE(records.for_each("chain/", visit));
    EXPECT_TRUE(records.for_each("chain/valid/", visit));
    EXPECT_TRUE(records.for_each("wallet/", visit));
    EXPECT_TRUE(records.write({}));
}

TEST_F(Repositories, SplitsTheEarlierForm) {
    make_old();
    for (int i = 0; i < 2; ++i) {
        const auto repository = Repository::open(folder_);
        ASSERT_TRUE(repository) << repository.error().message();
        expect_all(**repository);
    }
    EXPECT_FALSE(fs::exists(folder_ / "db"));
    EXPECT_FALSE(fs::exists(folder_ / "unsplit"));
    EXPECT_EQ(files_with_secret(folder_ / "chain"), 0U);
}

/// Ends the process at the `at`-th rename or sync of a folder.
class StoppingDisk final : public Disk {
  public:
    explicit StoppingDisk(int at) : at_(at) {}
    int rename(const fs::path& from, const fs::path& to) override {
        step();
        return Disk::rename(from, to);
    }
    int sync_folder(const fs::path& folder) override {
        step();
        return Disk::sync_folder(folder);
    }

  private:
    void step() {
        if (calls_++ == at_) ::_exit(1);
    }
    int at_, calls_ = 0;
};

constexpr const char* kFolderVariable = "STRATA_TEST_REPOSITORY";
constexpr const char* kStopVariable = "STRATA_TEST_STOP_AT";
constexpr int kNever = 1'000'000;

// RocksDB's threads do not survive fork(), so the process that is stopped is a fresh one: this binary with this test.
TEST(RepositoryChild, DISABLED_OpensAndStops) {
    const char* folder = ::getenv(kFolderVariable);
    const char* stop = ::getenv(kStopVariable);
    if (folder == nullptr || stop == nullptr) GTEST_SKIP() << "run by the tests below";
    StoppingDisk disk(static_cast<int>(std::strtol(stop, nullptr, 10)));
    const DiskInPlace in_place(disk);
    ::_exit(Repository::open(folder) ? 0 : 2);
}

pid_t start_child(const fs::path& folder, int stop_at) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::setenv(kFolderVariable, folder.c_str(), 1);
    ::setenv(kStopVariable, std::to_string(stop_at).c_str(), 1);
    ::execl("/proc/self/exe", "child", "--gtest_filter=RepositoryChild.*", "--gtest_also_run_disabled_tests",
            "--gtest_brief=1", nullptr);
    ::_exit(3);
}

TEST_F(Repositories, ASplitThatIsStoppedGoesOn) {
    bool stopped = true;
    int at = 0;
    for (; stopped; ++at) {
        fs::remove_all(folder_);
        make_old();
        int status = 0;
        const pid_t child = start_child(folder_, at);
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFEXITED(status));
        ASSERT_LE(WEXITSTATUS(status), 1);
        stopped = WEXITSTATUS(status) == 1;
        const auto repository = Repository::open(folder_);
        ASSERT_TRUE(repository) << at << ": " << repository.error().message();
        expect_all(**repository);
    }
    EXPECT_GT(at, 6);
    EXPECT_EQ(files_with_secret(folder_ / "chain"), 0U);
}

TEST_F(Repositories, ASplitThatIsKilledAnywhereGoesOn) {
    make_old();
    for (unsigned round = 0; round < 12; ++round) {
        const pid_t child = start_child(folder_, kNever);
        ::usleep(4000 * (1 + 2 * round));
        ::kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) != 0);
    }
    const auto repository = Repository::open(folder_);
    ASSERT_TRUE(repository) << repository.error().message();
    expect_all(**repository);
}

}  // namespace
}  // namespace strata::store
