// Protects a node from starting with parts that do not belong together: it would call valid blocks wrong, or begin anew
// although there are sectors that cannot be recreated. Every refusal names what was found and what to do. Sources:
// Lotus' chain and its description of the network (tests/vectors/lotus-devnet/real); the verifying keys of its sector
// size; docs/operating.md.
#include <strata/node/open_checks.hpp>

#include <gmock/gmock.h>

#include <fstream>

#include <strata/chain/execution.hpp>
#include <strata/chain/test_recorded_node.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Description : public ::testing::Test {
  protected:
    static std::string refusal(chain::Chain& chain) {
        const auto checked = check_description(chain);
        if (checked) return "accepted";
        EXPECT_EQ(checked.error().code(), Errc::verification);
        return checked.error().message();
    }
    chain::testing::RecordedNode lotus{"real"};
};

TEST_F(Description, lotus_own_description_fits_its_chain) {
    const auto checked = check_description(*lotus.node);
    EXPECT_TRUE(checked) << checked.error().message();
}

TEST_F(Description, a_wrong_field_is_named_with_both_values) {
    const auto good = lotus.network;
    lotus.network.genesis_timestamp += 1;
    EXPECT_THAT(refusal(*lotus.node), HasSubstr("genesis_timestamp " + std::to_string(good.genesis_timestamp + 1)));
    EXPECT_THAT(refusal(*lotus.node), HasSubstr(std::to_string(good.genesis_timestamp)));
    lotus.network = good;
    lotus.network.name = "testnetnet";
    EXPECT_THAT(refusal(*lotus.node), HasSubstr("network_name testnetnet"));
    EXPECT_THAT(refusal(*lotus.node), HasSubstr(good.name));
    lotus.network = good;
    lotus.network.block_delay += 1;
    EXPECT_THAT(refusal(*lotus.node), HasSubstr("block_delay_s " + std::to_string(good.block_delay + 1)));
    EXPECT_THAT(refusal(*lotus.node), HasSubstr("put the description back"));
    lotus.network = good;
    EXPECT_TRUE(check_description(*lotus.node));
}

class SealedSectors : public ::testing::Test {
  protected:
    void make(const std::string& name) const {
        fs::create_directories((folder / name).parent_path());
        std::ofstream(folder / name) << "x";
    }
    testing::TempFolder folder;
};

TEST_F(SealedSectors, a_new_node_has_neither_sectors_nor_records) {
    EXPECT_TRUE(check_sectors_have_records(folder.path()));
    EXPECT_TRUE(check_sectors_have_records(folder / "not there yet"));
    fs::create_directories(folder / "provider/sealed");
    EXPECT_TRUE(check_sectors_have_records(folder.path())) << "an empty folder holds no sectors";
}

TEST_F(SealedSectors, sectors_whose_records_are_gone_keep_the_node_from_starting) {
    make("provider/sealed/s-t01000-0");
    const auto checked = check_sectors_have_records(folder.path());
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code(), Errc::not_found);
    EXPECT_THAT(checked.error().message(), HasSubstr((folder / "provider/sealed").string()));
    EXPECT_THAT(checked.error().message(), HasSubstr((folder / "repository/records").string()));
    EXPECT_THAT(checked.error().message(), HasSubstr("put it back from a copy"));
    // The database of the chain may be lost: it can be taken from the network again (docs/operating.md).
    make("repository/chain/CURRENT");
    EXPECT_FALSE(check_sectors_have_records(folder.path()));
}

// docs/formats/repository.md: records, or a repository of the earlier form until it is split.
TEST_F(SealedSectors, records_of_either_form_are_enough) {
    for (const char* kept : {"records", "db", "unsplit"}) {
        make("provider/sealed/s-t01000-0");
        make(std::string("repository/") + kept + "/CURRENT");
        EXPECT_TRUE(check_sectors_have_records(folder.path())) << kept;
        fs::remove_all(folder / "repository");
        EXPECT_FALSE(check_sectors_have_records(folder.path()));
    }
}

class VerifyingKeys : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto keys = testing::find_vectors("lotus-devnet/vk");
        ASSERT_TRUE(keys);
        for (const auto& entry : fs::directory_iterator(*keys))
            fs::copy(entry.path(), folder / entry.path().filename());
    }
    /// Files of the folder, in the order of their names.
    std::vector<fs::path> files() const {
        std::vector<fs::path> out;
        for (const auto& entry : fs::directory_iterator(folder.path())) out.push_back(entry.path());
        std::ranges::sort(out);
        return out;
    }
    Status check(std::int64_t proof) const {
        const proofs::ParameterStore store(folder.path());
        return check_verifying_keys(store, RegisteredSealProof{proof});
    }
    testing::TempFolder folder;
};

TEST_F(VerifyingKeys, the_three_keys_of_a_sector_size_are_enough) {
    ASSERT_EQ(files().size(), 3U);
    const auto checked = check(5);
    EXPECT_TRUE(checked) << checked.error().message();
    EXPECT_EQ(check(8).error().code(), Errc::not_found) << "these are keys of 2 KiB sectors, not of 32 GiB";
}

TEST_F(VerifyingKeys, a_missing_or_damaged_key_is_named) {
    for (const auto& file : files()) {
        const auto aside = file.string() + ".aside";
        fs::rename(file, aside);
        const auto missing = check(5);
        ASSERT_FALSE(missing) << file;
        EXPECT_EQ(missing.error().code(), Errc::not_found);
        EXPECT_THAT(missing.error().message(), HasSubstr(file.string()));
        EXPECT_THAT(missing.error().message(), HasSubstr("put it back from a copy"));
        fs::copy(aside, file);
        fs::resize_file(file, fs::file_size(file) - 1);
        const auto damaged = check(5);
        ASSERT_FALSE(damaged) << file;
        EXPECT_THAT(damaged.error().message(), HasSubstr(file.string()));
        fs::remove(file);
        fs::rename(aside, file);
    }
    EXPECT_TRUE(check(5));
}

}  // namespace
}  // namespace strata::node
