// Tests the number of a repository's form: older ones go up step by step, also after kills, and newer ones are refused.
#include <strata/store/repository_form.hpp>

#include <strata/base/files.hpp>
#include <strata/store/repository.hpp>
#include <strata/testing/temp_folder.hpp>

#include <gtest/gtest.h>

namespace strata::store {
namespace {

namespace fs = std::filesystem;

class RepositoryForm : public ::testing::Test {
  protected:
    std::string form() const {
        const auto text = read_file(folder_ / "form", 4096);
        return text ? std::string(as_text(*text)) : std::string();
    }
    void write(std::string_view text) const {
        ASSERT_TRUE(make_folders(folder_));
        ASSERT_TRUE(write_file(folder_ / "form", as_bytes(text)));
    }
    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
    }

    testing::TempFolder root_;
    fs::path folder_ = root_ / "repository";
};

TEST_F(RepositoryForm, ANewRepositorySaysItsForm) {
    ASSERT_TRUE(Repository::open(folder_));
    EXPECT_TRUE(form().starts_with("form 2\nwritten by strata ")) << form();
    ASSERT_TRUE(Repository::open(folder_));
}

TEST_F(RepositoryForm, ANewerOneIsRefusedAndUntouched) {
    write("form 3\nwritten by strata 99.1.0\n");
    const auto opened = Repository::open(folder_);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), Errc::unsupported);
    for (const auto* word : {"form 3", "written by strata 99.1.0", "forms up to 2", "run the program that wrote it"})
        EXPECT_TRUE(opened.error().message().contains(word)) << opened.error().message();
    EXPECT_EQ(files(), 2U) << "the form and the lock";
}

TEST_F(RepositoryForm, ADamagedNumberIsRefused) {
    for (const auto* text : {"", "form", "form x\nwritten by a\n", "form 2", "form 2\n", "form 2\nwritten by a",
                             "form 99999999999999999999\nwritten by a\n", "form -1\nwritten by a\n"}) {
        write(text);
        const auto opened = Repository::open(folder_);
        ASSERT_FALSE(opened) << text;
        EXPECT_EQ(opened.error().code(), Errc::malformed) << text;
    }
}

// Each step may be killed; here it fails after its work was done in part.
TEST_F(RepositoryForm, StepsGoOnWhereTheyStopped) {
    write("form 1\nwritten by strata 0.0.1\n");
    std::vector<int> ran;
    bool fails = true;
    const FormStep steps[] = {
        {"never run", [&](const fs::path&) -> Status { return ran.push_back(0), Status(); }},
        {"the second", [&](const fs::path&) -> Status { return ran.push_back(1), Status(); }},
        {"the third",
         [&](const fs::path&) -> Status {
             ran.push_back(2);
             if (fails) return fail(Errc::no_space, "no room");
             return {};
         }},
        {"the fourth", [&](const fs::path&) -> Status { return ran.push_back(3), Status(); }},
    };
    const auto stopped = bring_up_to_date(folder_, steps);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), Errc::no_space);
    EXPECT_TRUE(form().starts_with("form 2\n")) << form();
    fails = false;
    ASSERT_TRUE(bring_up_to_date(folder_, steps));
    EXPECT_EQ(ran, (std::vector{1, 2, 2, 3}));
    EXPECT_TRUE(form().starts_with("form 4\n")) << form();
    ASSERT_TRUE(bring_up_to_date(folder_, steps));
    EXPECT_EQ(ran.size(), 4U);
}

// Programs before this file wrote no number.
TEST_F(RepositoryForm, WhatHasNoNumberIsKnownByItsFolders) {
    ASSERT_TRUE(Repository::open(folder_));
    ASSERT_TRUE(fs::remove(folder_ / "form"));
    ASSERT_TRUE(Repository::open(folder_)) << "the form 1";
    EXPECT_TRUE(form().starts_with("form 2\n")) << form();
}

}  // namespace
}  // namespace strata::store
