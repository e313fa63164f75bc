// Tests writers on a disk that fails or stops at every single call.
#include <strata/base/files.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <functional>

#include <strata/base/byte_source.hpp>
#include <strata/base/file_writer.hpp>
#include <strata/base/mapped_file.hpp>
#include <strata/base/test_disk.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata {
namespace {

namespace fs = std::filesystem;
using testing::FaultyDisk;

constexpr std::uint64_t kMax = std::uint64_t{1} << 20;

class Folder {
  public:
    const fs::path& path() const { return temp_.path(); }
    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(path()), fs::directory_iterator()));
    }

  private:
    testing::TempFolder temp_;
};

const Bytes kOld{1, 2, 3};
const Bytes kNew(5000, 7);

Status write_stream(const fs::path& path) {
    return write_file(path, kNew);
}
Status write_mapped(const fs::path& path) {
    STRATA_TRY(auto file, MappedWriter::create(path, kNew.size()));
    std::ranges::copy(kNew, file.writable().begin());
    return file.commit();
}

class Writers : public ::testing::TestWithParam<Status (*)(const fs::path&)> {};
INSTANTIATE_TEST_SUITE_P(Both, Writers, ::testing::Values(write_stream, write_mapped));

TEST_P(Writers, EveryFailureLeavesTheOldFileOrTheNewOne) {
    for (const int cause : {ENOSPC, EDQUOT, EIO}) {
        bool reached = true;
        for (int at = 0; reached; ++at) {
            const Folder folder;
            const auto path = folder.path() / "file";
            ASSERT_TRUE(write_file(path, kOld));
            FaultyDisk disk(at, [cause] { return cause; });
            Status written;
            {
                const DiskInPlace in_place(disk);
                written = GetParam()(path);
            }
            reached = disk.reached();
            const auto content = read_file(path, kMax).value();
            EXPECT_EQ(folder.files(), 1U) << "an unfinished file remains";
            if (!reached) {
                EXPECT_TRUE(written);
                EXPECT_EQ(content, kNew);
                EXPECT_GT(at, 2);
                continue;
            }
            ASSERT_FALSE(written) << at;
            EXPECT_EQ(written.error().code(), cause == EIO ? Errc::io : Errc::no_space);
            EXPECT_TRUE(written.error().message().contains(path.string())) << written.error().message();
            EXPECT_TRUE(content == kOld || content == kNew);
        }
    }
}

TEST_P(Writers, EveryStopLeavesTheOldFileOrTheNewOne) {
    bool reached = true;
    for (int at = 0; reached; ++at) {
        const Folder folder;
        const auto path = folder.path() / "file";
        ASSERT_TRUE(write_file(path, kOld));
        const pid_t child = ::fork();
        if (child == 0) {
            FaultyDisk disk(at, []() -> int { ::_exit(1); });
            const DiskInPlace in_place(disk);
            ::_exit(GetParam()(path) ? 0 : 2);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFEXITED(status));
        ASSERT_NE(WEXITSTATUS(status), 2);
        reached = WEXITSTATUS(status) == 1;
        const auto content = read_file(path, kMax).value();
        EXPECT_TRUE(content == kOld || content == kNew);
        EXPECT_TRUE(remove_unfinished(folder.path()));
        EXPECT_EQ(folder.files(), 1U) << at;
        EXPECT_TRUE(GetParam()(path));
        EXPECT_EQ(read_file(path, kMax).value(), kNew);
    }
}

TEST_P(Writers, AFolderThatIsNotThereIsNamed) {
    const auto refused = GetParam()("/proc/strata/file");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::io);
    EXPECT_TRUE(refused.error().message().contains("/proc/strata/file")) << refused.error().message();
}

TEST(Files, TwoWritersOfOneFileAreNotMixed) {
    const Folder folder;
    const auto path = folder.path() / "file";
    auto one = FileWriter::create(path);
    ASSERT_TRUE(one);
    const auto other = FileWriter::create(path);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code(), Errc::busy);
    EXPECT_TRUE(remove_unfinished(folder.path()));
    ASSERT_TRUE(one->write(kNew));
    EXPECT_TRUE(one->commit());
    EXPECT_EQ(read_file(path, kMax).value(), kNew);
}

TEST(Files, AWriterThatIsGivenUpLeavesNothing) {
    const Folder folder;
    {
        auto file = FileWriter::create(folder.path() / "a");
        ASSERT_TRUE(file && file->write(kNew));
        EXPECT_TRUE(MappedWriter::create(folder.path() / "b", 100));
        EXPECT_FALSE(fs::exists(folder.path() / "a"));
    }
    EXPECT_EQ(folder.files(), 0U);
}

TEST(Files, OwnerOnly) {
    const Folder folder;
    const auto path = folder.path() / "secret";
    ASSERT_TRUE(write_file(path, kNew, FileAccess::owner_only));
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    // A killed process may have left a file with wider permissions under the same name.
    ASSERT_TRUE(write_file(unfinished_path(path), kOld));
    ASSERT_TRUE(write_file(path, kOld, FileAccess::owner_only));
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(Files, ReadsPlainFilesUpToALimit) {
    const Folder folder;
    const auto path = folder.path() / "file";
    EXPECT_EQ(read_file(path, kMax).error().code(), Errc::not_found);
    ASSERT_TRUE(write_file(path, kNew));
    EXPECT_EQ(read_file(path, kNew.size()).value(), kNew);
    EXPECT_EQ(read_file(path, kNew.size() - 1).error().code(), Errc::too_large);
    EXPECT_EQ(read_file(folder.path(), kMax).error().code(), Errc::io);
    ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
    for (const auto& strange : {folder.path(), folder.path() / "pipe", fs::path("/dev/zero")}) {
        EXPECT_EQ(file_source(strange).error().code(), Errc::io);
        EXPECT_EQ(MappedFile::open(strange).error().code(), Errc::io);
        EXPECT_TRUE(MappedFile::open(strange).error().message().contains(strange.string()));
    }
}

TEST(Files, FoldersAreMadeAndSynced) {
    const Folder folder;
    const auto deep = folder.path() / "a" / "b" / "c";
    EXPECT_TRUE(make_folders(deep));
    EXPECT_TRUE(make_folders(deep));
    EXPECT_TRUE(fs::is_directory(deep));
    ASSERT_TRUE(write_file(folder.path() / "file", kNew));
    const auto refused = make_folders(folder.path() / "file" / "below");
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().message().contains((folder.path() / "file").string()));
    FaultyDisk disk(1, [] { return EIO; });
    const DiskInPlace in_place(disk);
    EXPECT_FALSE(make_folders(folder.path() / "x" / "y"));
}

TEST(Files, RemovesAndResizes) {
    const testing::TempFolder folder;
    const auto file = folder / "below" / "file";
    ASSERT_TRUE(make_folders(file.parent_path()));
    ASSERT_TRUE(write_file(file, Bytes{1, 2, 3}));
    ASSERT_TRUE(set_file_size(file, 2));
    ASSERT_TRUE(set_file_size(file, 4));
    EXPECT_EQ(read_file(file, 9).value(), (Bytes{1, 2, 0, 0}));
    ASSERT_TRUE(remove_path(folder / "below"));
    EXPECT_TRUE(remove_path(file));
    EXPECT_EQ(set_file_size(file, 2).error().code(), Errc::io);
    EXPECT_TRUE(set_file_size(file, 2).error().message().contains(file.string()));
}

TEST(Files, MovesAFolder) {
    const Folder folder;
    ASSERT_TRUE(make_folders(folder.path() / "a"));
    EXPECT_TRUE(move_into_place(folder.path() / "a", folder.path() / "b"));
    EXPECT_TRUE(fs::is_directory(folder.path() / "b"));
    const auto refused = move_into_place(folder.path() / "a", folder.path() / "c");
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().message().contains((folder.path() / "c").string()));
}

TEST(MappedFile, GrowsInPlace) {
    const Folder folder;
    const auto path = folder.path() / "file";
    {
        auto file = MappedFile::open_writable(path, 3);
        ASSERT_TRUE(file);
        std::ranges::copy(kOld, file->writable().begin());
        EXPECT_TRUE(file->sync());
    }
    EXPECT_EQ(MappedFile::open_writable(path, 2)->bytes().size(), 3U);
    const auto grown = MappedFile::open_writable(path, 5);
    ASSERT_TRUE(grown);
    EXPECT_TRUE(equal(grown->bytes(), Bytes{1, 2, 3, 0, 0}));
    EXPECT_TRUE(equal(MappedFile::create(path, 2)->bytes(), Bytes{0, 0}));
}

TEST(MappedFile, WritableFilesHaveNoHoles) {
    const Folder folder;
    const auto path = folder.path() / "file";
    ASSERT_TRUE(write_file(path, kOld));
    fs::resize_file(path, kMax);
    const auto blocks = [&] {
        struct stat info{};
        return ::stat(path.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_blocks) * 512 : 0;
    };
    ASSERT_TRUE(MappedFile::open_writable(path));
    EXPECT_GE(blocks(), kMax);
    ASSERT_TRUE(MappedFile::create(path, kMax));
    EXPECT_GE(blocks(), kMax);
}

TEST(MappedFile, AFullDiskKeepsWhatIsThere) {
    const Folder folder;
    const auto path = folder.path() / "file";
    ASSERT_TRUE(write_file(path, kOld));
    // No disk has that much space, so the real call refuses.
    const auto refused = MappedFile::open_writable(path, std::uint64_t{1} << 50);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().message().contains(path.string())) << refused.error().message();
    EXPECT_EQ(read_file(path, kMax).value(), kOld);
    EXPECT_FALSE(MappedWriter::create(folder.path() / "big", std::uint64_t{1} << 50));
    EXPECT_EQ(folder.files(), 1U);
}

}  // namespace
}  // namespace strata
