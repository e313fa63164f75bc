// Reads bundles. The roots of the official ones are those of lotus build/builtin_actors_gen.go (docs/protocol/fvm.md
// §2.5).
#include <gtest/gtest.h>

#include <cstdlib>

#include <strata/base/files.hpp>
#include <strata/ipld/car.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/wasm/bundle.hpp>

namespace strata::wasm {
namespace {

namespace fs = std::filesystem;

struct Blocks {
    Bytes sections;
    Cid put(Codec codec, const Bytes& data) {
        const Cid cid = Cid::hash_of(codec, data);
        append(sections, car_section(cid, data));
        return cid;
    }
    template <class T>
    Cid put_value(const T& value) {
        return put(Codec::dag_cbor, to_cbor(value));
    }
    Bytes car(const std::vector<Cid>& roots) const {
        Bytes out = car_header(roots);
        append(out, sections);
        return out;
    }
};
using Entries = std::vector<std::pair<std::string, Cid>>;
using Root = std::pair<std::uint64_t, Cid>;

TEST(BundleTest, ReadsItsManifestAndItsCode) {
    Blocks blocks;
    const Cid account = blocks.put(Codec::raw, Bytes{1});
    const Cid init = blocks.put(Codec::raw, Bytes{2});
    const Cid data = blocks.put_value(Entries{{"account", account}, {"init", init}});
    const Cid root = blocks.put_value(Root{1, data});
    const auto bundle = Bundle::from_car(blocks.car({root}));
    ASSERT_TRUE(bundle) << bundle.error().message();
    EXPECT_EQ(bundle->root, root);
    EXPECT_EQ(bundle->manifest_data, data);
    EXPECT_EQ(bundle->manifest.type_of(account), vm::ActorType::account);
    EXPECT_EQ(bundle->codes.at(init), Bytes{2});
}

TEST(BundleTest, RefusesWhatIsNotABundle) {
    Blocks blocks;
    const Cid code = blocks.put(Codec::raw, Bytes{1});
    const Cid lost = Cid::hash_of(Codec::raw, Bytes{9});
    const Cid data = blocks.put_value(Entries{{"account", code}});
    const Cid good = blocks.put_value(Root{1, data});
    const Cid old = blocks.put_value(Root{0, data});
    const Cid without_code = blocks.put_value(Root{1, blocks.put_value(Entries{{"account", lost}})});
    const Cid unknown = blocks.put_value(Root{1, blocks.put_value(Entries{{"nobody", code}})});
    const Cid without_data = blocks.put_value(Root{1, lost});
    const auto error = [&](const std::vector<Cid>& roots) {
        return Bundle::from_car(blocks.car(roots)).error().code();
    };
    EXPECT_EQ(error({good, good}), Errc::malformed);
    EXPECT_EQ(error({old}), Errc::unsupported);
    EXPECT_EQ(error({without_code}), Errc::missing_block);
    EXPECT_EQ(error({without_data}), Errc::missing_block);
    EXPECT_EQ(error({unknown}), Errc::malformed);
    EXPECT_EQ(error({lost}), Errc::missing_block);
    Bytes damaged = blocks.car({good});
    damaged.back() ^= 1;
    EXPECT_EQ(Bundle::from_car(damaged).error().code(), Errc::verification);
}

TEST(BundleTest, IsKeptUnderItsRootAndFoundAgain) {
    Blocks blocks;
    const Cid root = blocks.put_value(Root{1, blocks.put_value(Entries{})});
    const testing::TempFolder folder;
    const fs::path file = folder / "builtin-actors-testnet.car";
    ASSERT_TRUE(write_file(file, blocks.car({root})));
    const auto read = read_bundles(file);
    ASSERT_TRUE(read) << read.error().message();
    ASSERT_EQ(read->size(), 1U);
    EXPECT_EQ(read->front().network, "testnet");
    const fs::path kept = keep_bundle(read->front(), folder / "kept").value();
    EXPECT_EQ(keep_bundle(read->front(), folder / "kept").value(), kept);
    const auto found = bundles_below(folder / "kept");
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().root, root);
    EXPECT_EQ(read_bundles(found->front().path)->front().network, "testnet");
    EXPECT_EQ(bundles_below(folder / "none").error().code(), Errc::not_found);
}

struct Official {
    const char* file;
    const char* root;
    const char* manifest_data;
};

class OfficialBundles : public ::testing::TestWithParam<Official> {};

TEST_P(OfficialBundles, HaveTheKnownRoots) {
    const char* folder = std::getenv("STRATA_BUNDLES");
    if (folder == nullptr)
        GTEST_SKIP() << "STRATA_BUNDLES names no folder with the bundles of the official actors (" << GetParam().file
                     << ")";
    const auto files = read_bundles(fs::path(folder) / GetParam().file);
    ASSERT_TRUE(files) << files.error().message();
    ASSERT_EQ(files->size(), 1U);
    EXPECT_EQ(files->front().bundle.root, Cid::constant(GetParam().root));
    EXPECT_EQ(files->front().bundle.manifest_data, Cid::constant(GetParam().manifest_data));
}

INSTANTIATE_TEST_SUITE_P(Lotus, OfficialBundles,
                         ::testing::Values(Official{"v9/builtin-actors-mainnet.car",
                                                    "bafy2bzaceb6j6666h36xnhksu3ww4kxb6e25niayfgkdnifaqi6m6ooc66i6i",
                                                    "bafy2bzacebhoemuuebamhlw7mbr7ehljkymyaf75ywlw4irms4xv3oosskpyk"},
                                           Official{"v10/builtin-actors-mainnet.car",
                                                    "bafy2bzacecsuyf7mmvrhkx2evng5gnz5canlnz2fdlzu2lvcgptiq2pzuovos",
                                                    "bafy2bzacea5a4r4pgc5pjcy2kx7mcbjcmc72chs7qqyl5o4jirxiplnqdmpo2"},
                                           Official{"v18/builtin-actors-mainnet.car",
                                                    "bafy2bzacedxsqapxwj5znwy4leem5gsuenhhfyqcntews3yis5iek67thy6lc",
                                                    "bafy2bzacea275suujjuaddglc2kbbgracldjbbs5cjys6zsivcswubv5x7es4"},
                                           Official{"v18/builtin-actors-devnet.car",
                                                    "bafy2bzaced35gjxagazf2fne5dakbok5abmivsh7cq7huwfuptebgwjmcpcf6",
                                                    "bafy2bzacebpmfblssoxmmtc5g3md54tpjf7a2q2avm37wdh35533w6akw5y6o"}));

}  // namespace
}  // namespace strata::wasm
