// Protects where the program keeps things if nobody names a folder (strata VERB --help: ~/.cache/strata), also where no
// home is known, as in a container.
#include <strata/cli/home.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

namespace strata::cli {
namespace {

class Home : public ::testing::Test {
  protected:
    void SetUp() override {
        if (const char* home = ::getenv("HOME"); home != nullptr) before_ = home;
    }
    void TearDown() override {
        if (before_) {
            ::setenv("HOME", before_->c_str(), 1);
        } else {
            ::unsetenv("HOME");
        }
    }

  private:
    std::optional<std::string> before_;
};

TEST_F(Home, the_cache_is_below_the_home_of_the_person) {
    ::setenv("HOME", "/home/alice", 1);
    EXPECT_EQ(cache_folder(), "/home/alice/.cache/strata");
    ::setenv("HOME", "/home/with space", 1);
    EXPECT_EQ(cache_folder(), "/home/with space/.cache/strata");
}

TEST_F(Home, without_a_home_it_is_below_tmp) {
    ::unsetenv("HOME");
    EXPECT_EQ(cache_folder(), "/tmp/.cache/strata");
}

}  // namespace
}  // namespace strata::cli
