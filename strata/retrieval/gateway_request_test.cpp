// Requests to the gateway: specs.ipfs.tech/http-gateways/trustless-gateway, path-gateway; IPIP-0523.
#include <strata/retrieval/gateway_request.hpp>

#include <gtest/gtest.h>

namespace strata::retrieval {
namespace {

std::expected<GatewayRequest, Refusal> parse(const std::string& target, const std::string& accept = {}) {
    const auto parsed = http::parse_target(target).value();
    http::Request request{"GET", parsed.path, parsed.query, {}, {}};
    if (!accept.empty()) request.headers["accept"] = accept;
    return parse_gateway_request(request, std::string_view(request.path).substr(6));
}
unsigned refused(const std::string& target, const std::string& accept = {}) {
    const auto parsed = parse(target, accept);
    return parsed ? 0 : parsed.error().status;
}
const std::string kRaw = "application/vnd.ipld.raw", kCar = "application/vnd.ipld.car";

TEST(GatewayRequest, formats) {
    EXPECT_FALSE(parse("/ipfs/bafkqaaa?format=raw")->wants_car);
    EXPECT_TRUE(parse("/ipfs/bafkqaaa?format=car")->wants_car);
    EXPECT_TRUE(parse("/ipfs/bafkqaaa", kRaw + ";q=0.1, " + kCar)->wants_car) << "the more wanted one";
    EXPECT_FALSE(parse("/ipfs/bafkqaaa", kRaw + ", " + kCar)->wants_car) << "the first of equals";
    EXPECT_FALSE(parse("/ipfs/bafkqaaa", "text/html, */*;q=0.8, APPLICATION/vnd.ipld.RAW")->wants_car);
    EXPECT_EQ(refused("/ipfs/bafkqaaa"), 400U) << "without Accept: trustless-gateway.md";
    EXPECT_EQ(refused("/ipfs/bafkqaaa", "*/*"), 400U);
    EXPECT_EQ(refused("/ipfs/bafkqaaa", "text/html"), 406U);
    EXPECT_EQ(refused("/ipfs/bafkqaaa", kRaw + ";q=0"), 400U) << "named, and refused";
    EXPECT_EQ(refused("/ipfs/bafkqaaa?format=tar"), 406U);
    EXPECT_EQ(refused("/ipfs/?format=raw"), 400U);
    EXPECT_EQ(refused("/ipfs/bafkqaaa/a?format=raw"), 400U) << "blocks have no paths";
    EXPECT_EQ(refused("/ipfs/bafkqaaa", kCar + ";version=2"), 400U);
    EXPECT_EQ(refused("/ipfs/bafkqaaa?format=car", kCar + ";dups=x"), 400U);
}

TEST(GatewayRequest, parameters_of_a_car) {
    const auto wanted = parse("/ipfs/bafkqaaa//a/b%20c/?format=car&entity-bytes=5:*&dag-scope=all", kCar + ";dups=y");
    ASSERT_TRUE(wanted);
    EXPECT_EQ(wanted->names, (std::vector<std::string>{"a", "b c"}));
    EXPECT_TRUE(wanted->car.duplicates);
    EXPECT_EQ(wanted->car.scope, DagScope::entity) << "implied by entity-bytes";
    EXPECT_EQ(wanted->car.bytes->from, 5);
    EXPECT_EQ(wanted->content_type(), kCar + "; version=1; order=dfs; dups=y");
    EXPECT_EQ(wanted->default_filename(), "bafkqaaa.car");
}

// path-gateway.md, "Content-Location": it is sent if Accept chose the format or contradicts the URL.
TEST(GatewayRequest, location) {
    EXPECT_EQ(parse("/ipfs/bafkqaaa", kRaw)->location, "/ipfs/bafkqaaa?format=raw");
    EXPECT_EQ(parse("/ipfs/bafkqaaa?format=raw", kCar)->location, "/ipfs/bafkqaaa?format=raw");
    EXPECT_EQ(parse("/ipfs/bafkqaaa?format=raw", kRaw)->location, "");
    EXPECT_EQ(parse("/ipfs/bafkqaaa?format=raw")->location, "");
    EXPECT_EQ(parse("/ipfs/bafkqaaa/a%3Fb?x=1%262", kCar + ";order=dfs;dups=y")->location,
              "/ipfs/bafkqaaa/a%3Fb?car-dups=y&car-order=dfs&format=car&x=1%262");
    EXPECT_FALSE(parse("/ipfs/bafkqaaa?format=raw", kCar)->negotiated);
    EXPECT_TRUE(parse("/ipfs/bafkqaaa", kRaw)->negotiated);
    EXPECT_TRUE(parse("/ipfs/bafkqaaa?format=car")->negotiated) << "Accept could have said dups=y";
}

TEST(GatewayRequest, tags_differ) {
    // The two would have the same tag if names and ranges were only joined.
    EXPECT_NE(parse("/ipfs/bafkqaaa/a:5:*?format=car")->entity_tag(),
              parse("/ipfs/bafkqaaa/a?format=car&entity-bytes=5:*")->entity_tag());
    EXPECT_NE(parse("/ipfs/bafkqaaa/a%005:*?format=car")->entity_tag(),
              parse("/ipfs/bafkqaaa/a?format=car&entity-bytes=5:*")->entity_tag())
        << "a name may contain a zero byte";
    EXPECT_EQ(parse("/ipfs/bafkqaaa", kCar)->entity_tag(), parse("/ipfs/bafkqaaa?format=car")->entity_tag());
    EXPECT_EQ(parse("/ipfs/bafkqaaa?format=raw")->entity_tag(), "\"bafkqaaa.raw\"") << "the form of path-gateway.md";
}

}  // namespace
}  // namespace strata::retrieval
