// Protects that only a process that holds the lock of a folder is ever asked to end.
#include <strata/base/lock_holder.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include <strata/base/child_process.hpp>
#include <strata/base/folder_lock.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class LockHolders : public ::testing::Test {
  protected:
    /// A program that holds the lock of the folder, as its number in the file says, or that says a different one.
    ChildProcess holder(const std::string& number = "$$") const {
        fs::create_directories(folder);
        const auto file = (folder / kLockFile).string();
        // flock(1) keeps the lock on descriptor 9 of the shell, which becomes sleep(1).
        const auto text = "exec 9>>" + file + "; flock 9; echo " + number + " >" + file + "; exec sleep 60";
        auto child = ChildProcess::start("/bin/sh", {"-c", text}, root / "output").value();
        for (int i = 0; i < 2'000; ++i) {
            std::ifstream in(folder / kLockFile);
            if (in.peek() != std::ifstream::traits_type::eof()) break;
            std::this_thread::sleep_for(5ms);
        }
        return child;
    }
    testing::TempFolder root;
    const fs::path folder = root / "node";
};

TEST_F(LockHolders, nobody_holds_a_free_folder) {
    EXPECT_FALSE(LockHolder::find(folder).value()) << "there is no such folder";
    ASSERT_TRUE(FolderLock::take(folder));
    EXPECT_FALSE(LockHolder::find(folder).value()) << "the lock was given back; the number is still in the file";
}

TEST_F(LockHolders, the_holder_is_found) {
    const auto lock = FolderLock::take(folder).value();
    const auto found = LockHolder::find(folder);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->id(), getpid());
    EXPECT_FALSE((*found)->ended_within(0ms));
}

TEST_F(LockHolders, the_holder_is_asked_to_end) {
    auto child = holder();
    auto found = LockHolder::find(folder);
    ASSERT_TRUE(found) << found.error().message();
    ASSERT_TRUE(*found);
    EXPECT_EQ((*found)->id(), child.id());
    ASSERT_TRUE((*found)->ask_to_end());
    EXPECT_TRUE((*found)->ended_within(10s));
    const auto ended = child.ended();
    ASSERT_TRUE(ended);
    EXPECT_TRUE(ended->by_signal);
    EXPECT_EQ(ended->number, SIGTERM);
    EXPECT_TRUE((*found)->ask_to_end()) << "nothing happens";
    EXPECT_FALSE(LockHolder::find(folder).value());
}

TEST_F(LockHolders, a_process_that_does_not_hold_the_lock_is_not_meant) {
    const auto innocent = ChildProcess::start("/bin/sleep", {"60"}, root / "innocent").value();
    const auto child = holder(std::to_string(innocent.id()));
    const auto found = LockHolder::find(folder);
    EXPECT_EQ(found.error().code(), Errc::not_found);
    EXPECT_TRUE(found.error().message().contains(folder.string())) << found.error().message();
}

TEST_F(LockHolders, a_file_without_a_number_is_not_believed) {
    for (const char* text : {"''", "0", "-1", "1x", "99999999999"}) {
        fs::remove(folder / kLockFile);
        const auto child = holder(text);
        EXPECT_EQ(LockHolder::find(folder).error().code(), Errc::not_found) << text;
    }
}

}  // namespace
}  // namespace strata
