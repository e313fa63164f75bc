#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <strata/node/passphrase.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::node {
namespace {

TEST(Passphrase, a_file_of_ones_own_gives_its_first_line) {
    const testing::TempFolder folder;
    const auto file = folder / "secret";
    std::ofstream(file) << "some words \r\nand more\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    EXPECT_EQ(passphrase_from_file(file).value(), "some words ");
    std::filesystem::permissions(file, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
    EXPECT_THAT(passphrase_from_file(file).error().message(), ::testing::HasSubstr("chmod 600"));
    EXPECT_EQ(passphrase_from_file(folder / "none").error().code(), Errc::not_found);
}

TEST(Passphrase, a_command_gives_what_it_writes) {
    EXPECT_EQ(passphrase_from_command("printf 'some words\\nx'").value(), "some words");
    EXPECT_FALSE(passphrase_from_command("true"));
    EXPECT_FALSE(passphrase_from_command("echo words; false"));
}

}  // namespace
}  // namespace strata::node
