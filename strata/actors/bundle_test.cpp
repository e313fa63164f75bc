// The CIDs of the bundles and of the manifests' data are outside facts: docs/protocol/fvm.md §2.5, and forest 0.39.0
// build/manifest.json (bundle_cid, actor_list_cid).
#include <gtest/gtest.h>

#include <set>

#include <strata/actors/bundle.hpp>
#include <strata/actors/policy.hpp>

namespace strata::actors {
namespace {

TEST(Bundle, EveryBundleHasTheKnownCids) {
    struct Row {
        ActorBundle name;
        ActorsVersion version;
        const char* root;
        const char* data;
    };
    const Row rows[] = {
        {ActorBundle::mainnet, 17, "bafy2bzaceai74ppsvuxs3nvpzzeuptdr3wl7vmdpbphvtz4qt5hfq2qdfvz3e",
         "bafy2bzaceasz5pov3d4tyxxdcxj2qvvdnkdxihzycj5oos5t2xj5pznwvxvem"},
        {ActorBundle::mainnet, 18, "bafy2bzacedxsqapxwj5znwy4leem5gsuenhhfyqcntews3yis5iek67thy6lc",
         "bafy2bzacea275suujjuaddglc2kbbgracldjbbs5cjys6zsivcswubv5x7es4"},
        {ActorBundle::mainnet, 19, "bafy2bzaceaq4m3amtcy35lbok2cwcdn7auyypkakqegw6oodf6imx2r5opyiu",
         "bafy2bzacedkektcokxgpzt6rpzvpd5sdnh2ppje7np5vwlmdgk255pxlwhnum"},
        {ActorBundle::calibnet, 17, "bafy2bzacecn64rlb52rjsvgopnidz6w42z3zobmjxqek5s4xqjh3ly47rcurg",
         "bafy2bzacea6mplyqhw47en7ivd2v5kpodo66sm7mydk4b7wk5eyiifixjhzym"},
        {ActorBundle::calibnet, 18, "bafy2bzacebkfatnbe6w4rj7lf6gkjh7mywlrpdh2dj6hu2dl4rmtwksszm2hs",
         "bafy2bzaceb22zyxdtqlmveumv7qibp6ncrwmfuskzldj2qiudmvn7bfeeaur6"},
        {ActorBundle::calibnet, 19, "bafy2bzaceastk5qjmpnaqeeq6whogrlcymyurzyq6jawkntdzwedaznw7amvy",
         "bafy2bzacedk6ryj66l7upzzmzi6gebxow62rckkpgkd6l43scdygpo3uig4oe"},
        {ActorBundle::butterflynet, 18, "bafy2bzacedg3y3ylp3w4bqmfgyiasrikg3bgfibblc7o4gri3b7j7ftgjhyuu",
         "bafy2bzacebwkpadz4v3ihr7h4o5ixloe76ohj7etmlxxlg3oj4yuw2tjadnho"},
        {ActorBundle::butterflynet, 19, "bafy2bzacedcghtji2u4mill4el2wbssvwfe2hyhjxp3l6oho57uqc537iq3x2",
         "bafy2bzacechliad7v7raimwmqazs5t4dlgxgmel2tktwng4mj24ca2anzm7iy"},
        {ActorBundle::devnet, 17, "bafy2bzaceasvgkke3j4cs3xsxnjswpcdmokkvkiehzxzcgfox3ozlehimbuqk",
         "bafy2bzacebtphhsu3tbrybn4gmjbbwhwhviwmeln4vgxhq7iuttfxzeryxvo4"},
        {ActorBundle::devnet, 18, "bafy2bzaced35gjxagazf2fne5dakbok5abmivsh7cq7huwfuptebgwjmcpcf6",
         "bafy2bzacebpmfblssoxmmtc5g3md54tpjf7a2q2avm37wdh35533w6akw5y6o"},
        {ActorBundle::devnet, 19, "bafy2bzaceb7ifsrt75k2ptfpqbdya3ixaedfmdwd45vjllijch6zbbsijjc26",
         "bafy2bzacebjm3sqvnrlo2anr6wykzsz3nf4eap4vacbx67vyvup7jspsrkppy"},
    };
    MemoryBlockstore store;
    for (const auto& row : rows) {
        const auto* const bundle = find_bundle(row.name, row.version);
        ASSERT_NE(bundle, nullptr) << row.root;
        EXPECT_EQ(bundle->root.to_string(), row.root);
        const Cid data = store_manifest_data(store, bundle->manifest).value();
        EXPECT_EQ(data.to_string(), row.data);
        // The root of the CAR names the data (docs/protocol/fvm.md §2.5).
        CborWriter w;
        w.array(2);
        w.uint(1);
        w.link(data);
        EXPECT_EQ(Cid::hash_of(Codec::dag_cbor, w.view()), bundle->root);
        for (const auto& [type, code] : bundle->manifest.codes)
            EXPECT_EQ(bundle_with(code), type == vm::ActorType::placeholder ? nullptr : bundle);
    }
    EXPECT_EQ(&devnet_bundle(), &find_bundle(ActorBundle::devnet, 18)->manifest);
    EXPECT_EQ(find_bundle(ActorBundle::butterflynet, 17), nullptr) << "butterflynet began later";
    EXPECT_EQ(find_bundle(ActorBundle::mainnet, 16), nullptr);
    EXPECT_EQ(bundle_with(Cid::hash_of(Codec::raw, Bytes{1})), nullptr);
}

TEST(Bundle, ActorsOfANetworkVersion) {
    EXPECT_EQ(actors_of(26), std::nullopt);
    EXPECT_EQ(actors_of(27), 17U);
    EXPECT_EQ(actors_of(28), 18U);
    EXPECT_EQ(actors_of(29), 19U);
    EXPECT_EQ(actors_of(30), std::nullopt);
}

// builtin-actors v18 runtime/build.rs (docs/protocol/fvm.md §8.15).
TEST(Bundle, PoliciesOfTheNetworks) {
    EXPECT_EQ(policy_of(ActorBundle::mainnet).minimum_consensus_power.to_string(), "10995116277760");
    EXPECT_EQ(policy_of(ActorBundle::calibnet).minimum_consensus_power.to_string(), "34359738368");
    EXPECT_EQ(policy_of(ActorBundle::butterflynet).minimum_consensus_power.to_string(), "2147483648");
    EXPECT_EQ(policy_of(ActorBundle::devnet).minimum_consensus_power.to_string(), "2048");
    const auto posts = [](ActorBundle name) { return policy_of(name).window_post_proofs; };
    EXPECT_EQ(posts(ActorBundle::mainnet), posts(ActorBundle::calibnet));
    // Window PoSt V1P1 for 512 MiB, 32 GiB and 64 GiB (docs/protocol/fvm.md §1.11).
    EXPECT_EQ(posts(ActorBundle::butterflynet),
              (std::set{RegisteredPoStProof{12}, RegisteredPoStProof{13}, RegisteredPoStProof{14}}));
    EXPECT_EQ(policy_of(ActorBundle::butterflynet).pre_commit_challenge_delay, 150);
    EXPECT_EQ(policy_of(ActorBundle::devnet).pre_commit_challenge_delay, 10);
}

}  // namespace
}  // namespace strata::actors
