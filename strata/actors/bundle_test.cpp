// The roots of the bundles' manifests are outside facts: docs/protocol/fvm.md §2.5.
#include <gtest/gtest.h>

#include <strata/actors/bundle.hpp>

namespace strata::actors {
namespace {

TEST(Bundle, ManifestDataHasTheKnownCid) {
    MemoryBlockstore store;
    EXPECT_EQ(store_manifest_data(store, mainnet_bundle()).value().to_string(),
              "bafy2bzacea275suujjuaddglc2kbbgracldjbbs5cjys6zsivcswubv5x7es4");
    EXPECT_EQ(store_manifest_data(store, devnet_bundle()).value().to_string(),
              "bafy2bzacebpmfblssoxmmtc5g3md54tpjf7a2q2avm37wdh35533w6akw5y6o");
}

}  // namespace
}  // namespace strata::actors
