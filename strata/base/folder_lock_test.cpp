#include <strata/base/folder_lock.hpp>
#include <strata/testing/temp_folder.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace strata {
namespace {

namespace fs = std::filesystem;

class FolderLocks : public ::testing::Test {
  protected:
    testing::TempFolder root_;
};

TEST_F(FolderLocks, OneHolderAtATime) {
    const auto folder = root_ / "a" / "b";
    {
        const auto first = FolderLock::take(folder);
        ASSERT_TRUE(first);
        const auto second = FolderLock::take(folder);
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code(), Errc::busy);
        EXPECT_TRUE(second.error().message().contains(folder.string()));
    }
    EXPECT_TRUE(FolderLock::take(folder));
}

TEST_F(FolderLocks, OwnerOnlyNarrowsAFolderThatIsThere) {
    const auto folder = root_ / "secret";
    fs::create_directory(folder);
    ASSERT_TRUE(FolderLock::take(folder, FileAccess::owner_only));
    EXPECT_EQ(fs::status(folder).permissions(), fs::perms::owner_all);
}

TEST_F(FolderLocks, AFolderThatCannotBeMadeIsNamed) {
    const auto refused = FolderLock::take("/proc/strata");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::io);
    EXPECT_TRUE(refused.error().message().contains("/proc/strata"));
}

}  // namespace
}  // namespace strata
