#pragma once
// Gives the tests of this folder the program as a person has it: the words of a command line go in, and what comes out
// is the exit code and both outputs. The words enter through cli::run, which is all that main calls.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <strata/cli/main.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::cli::testing {

// The exit codes that docs/operating.md promises to scripts. They are written here again on purpose.
inline constexpr int kSaysDone = 0;
inline constexpr int kSaysNo = 1;
inline constexpr int kSaysUsage = 2;

struct Ran {
    int code = -1;
    std::string out, err;
    std::string all() const { return "exit code " + std::to_string(code) + "\n" + out + err; }
};

inline Ran strata_says(std::vector<std::string> words) {
    words.insert(words.begin(), "strata");
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    Ran ran;
    ran.code = run(static_cast<int>(words.size()), argv.data());
    ran.out = ::testing::internal::GetCapturedStdout();
    ran.err = ::testing::internal::GetCapturedStderr();
    return ran;
}

/// Expects an exit code and, in this order of importance, the part of a sentence that tells a person what to change. A
/// refusal must go to the error output, because the standard output may go into a file.
inline void expect_refusal(int code, const std::vector<std::string>& words, const std::vector<std::string>& parts) {
    const auto ran = strata_says(words);
    std::string line = "strata";
    for (const auto& word : words) line += " " + word;
    EXPECT_EQ(ran.code, code) << line << "\n" << ran.all();
    EXPECT_FALSE(ran.err.empty()) << line << ": nothing is said";
    for (const auto& part : parts) EXPECT_THAT(ran.err, ::testing::HasSubstr(part)) << line;
}

class Program : public ::testing::Test {
  protected:
    std::string write(const std::string& name, std::string_view content) const {
        const auto path = folder_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << content;
        return path.string();
    }
    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    strata::testing::TempFolder folder_;
};

}  // namespace strata::cli::testing
