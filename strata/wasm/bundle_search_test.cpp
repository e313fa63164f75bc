// Bundles that are found are tested with the chains that need them (conformance/chain_replay_test.cpp).
#include <strata/wasm/bundle_search.hpp>

#include <gtest/gtest.h>

#include <strata/base/files.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::wasm {

TEST(BundleSearch, a_folder_may_hold_files_and_links_that_are_no_bundles) {
    const testing::TempFolder folder;
    std::filesystem::create_symlink(folder / "gone.car", folder / "a link.car");
    ASSERT_TRUE(write_file(folder / "z.car", as_bytes("text")));
    const auto found = find_bundles(folder.path(), {});
    ASSERT_TRUE(found) << found.error().message();
    const auto searched = find_bundles(folder.path(), {Cid::hash_of(Codec::dag_cbor, Bytes{0x80})});
    ASSERT_TRUE(searched) << searched.error().message();
    EXPECT_TRUE(searched->by_manifest.empty());
    EXPECT_EQ(searched->unreadable.size(), 1U);
    EXPECT_EQ(find_bundles(folder / "missing", {}).error().code(), Errc::not_found);
}

}  // namespace strata::wasm
