#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

class ApiNodeMethods : public testing::TestNode {};

TEST_F(ApiNodeMethods, ASessionLastsAsLongAsTheService) {
    const auto session = result("Session").get<std::string>();
    EXPECT_EQ(session.size(), 36U);
    EXPECT_EQ(session[14], '4');
    EXPECT_EQ(result("Session"), session);
    open();
    EXPECT_NE(result("Session"), session);
}

// Version 28 is that of the state. The others are the bundles that lotus build/builtin_actors_gen.go and forest
// build/manifest.json name for a devnet.
TEST_F(ApiNodeMethods, BundlesOfAllKnownVersions) {
    const auto root = [&](int version) {
        return result("StateActorManifestCID", {version}).at("/").get<std::string>();
    };
    EXPECT_EQ(root(27), "bafy2bzaceasvgkke3j4cs3xsxnjswpcdmokkvkiehzxzcgfox3ozlehimbuqk");
    EXPECT_EQ(root(28), "bafy2bzaced35gjxagazf2fne5dakbok5abmivsh7cq7huwfuptebgwjmcpcf6");
    EXPECT_EQ(root(29), "bafy2bzaceb7ifsrt75k2ptfpqbdya3ixaedfmdwd45vjllijch6zbbsijjc26");
    EXPECT_EQ(result("StateActorCodeCIDs", {28}).size(), 16U);
    EXPECT_NE(result("StateActorCodeCIDs", {28}), result("StateActorCodeCIDs", {29}));
    EXPECT_EQ(message("StateActorCodeCIDs", {30}),
              "the actors of network version 30 are not known; this node knows those of versions 27 to 29");
}

}  // namespace
}  // namespace strata::api
