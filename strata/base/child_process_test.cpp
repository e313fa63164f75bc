// Protects what a supervisor of processes relies on. How a process ended: POSIX, waitpid.
#include <strata/base/child_process.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include <strata/base/files.hpp>

namespace strata {
namespace {

class ChildProcesses : public ::testing::Test {
  protected:
    void TearDown() override { std::filesystem::remove(output); }
    Result<ChildProcess> shell(const std::string& script) {
        return ChildProcess::start("/bin/sh", {"-c", script}, output);
    }
    static std::string wait(ChildProcess& child) {
        for (int i = 0; i < 1'000 && !child.ended(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return child.ended() ? child.ended()->text() : "runs";
    }
    std::string written() const { return std::string(as_text(read_file(output, 1'000).value())); }

    const std::filesystem::path output =
        std::filesystem::temp_directory_path() / ("strata-child-" + std::to_string(getpid()));
};

TEST_F(ChildProcesses, says_how_a_child_ended_and_keeps_what_it_wrote) {
    auto child = shell("echo out; echo err >&2; cat; exit 3").value();
    EXPECT_EQ(wait(child), "exit code 3") << "its input is empty";
    EXPECT_EQ(written(), "out\nerr\n");
}

TEST_F(ChildProcesses, a_signal_reaches_a_child) {
    auto child = shell("exec sleep 60").value();
    EXPECT_FALSE(child.ended());
    child.signal(SIGTERM);
    EXPECT_EQ(wait(child), "signal 15");
    child.signal(SIGTERM);
}

TEST_F(ChildProcesses, a_child_ends_with_its_owner) {
    const pid_t id = shell("exec sleep 60").value().id();
    EXPECT_EQ(kill(id, 0), -1) << "the process is gone";
}

TEST_F(ChildProcesses, a_program_that_is_not_there_ends_with_127) {
    auto child = ChildProcess::start("/nowhere/program", {}, output).value();
    EXPECT_EQ(wait(child), "exit code 127");
    EXPECT_EQ(ChildProcess::start("/bin/true", {}, "/nowhere/output").error().code(), Errc::io);
}

TEST_F(ChildProcesses, knows_its_own_program) {
    EXPECT_EQ(own_program().value().filename(), "base_test");
}

}  // namespace
}  // namespace strata
