// Protects how the ABI of a contract names its functions, events and errors. Data of events and errors is what ethers
// 6.17.0 makes of the same declarations and values; the forms of JSON are those of Solidity 0.8.28.
#include <strata/contracts/contract_abi.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/contracts/artifact.hpp>

namespace strata::contracts {
namespace {

using ::testing::HasSubstr;

constexpr const char* kAbi = R"([
  {"type":"constructor","inputs":[{"name":"owner","type":"address"},{"name":"limit","type":"uint256"}]},
  {"type":"receive","stateMutability":"payable"},
  {"type":"function","name":"balanceOf","inputs":[{"name":"who","type":"address"}],
   "outputs":[{"name":"","type":"uint256"}]},
  {"type":"function","name":"set","inputs":[{"name":"x","type":"uint256"}],"outputs":[]},
  {"type":"function","name":"set","inputs":[{"name":"x","type":"uint256"},{"name":"y","type":"uint256"}],"outputs":[]},
  {"type":"function","name":"pick","inputs":[{"name":"x","type":"uint256"}],"outputs":[]},
  {"type":"function","name":"pick","inputs":[{"name":"x","type":"bool"}],"outputs":[]},
  {"type":"function","name":"points","inputs":[{"name":"many","type":"tuple[]","components":
   [{"name":"x","type":"uint256"},{"name":"y","type":"uint256"}]}],"outputs":[]},
  {"type":"function","name":"odd","inputs":[{"name":"f","type":"function"}],"outputs":[]},
  {"type":"event","name":"Moved","anonymous":false,"inputs":[
   {"name":"who","type":"address","indexed":true},{"name":"where","type":"string","indexed":true},
   {"name":"point","type":"tuple","indexed":false,"components":
    [{"name":"x","type":"uint256"},{"name":"y","type":"uint256"}]},
   {"name":"note","type":"string","indexed":false}]},
  {"type":"error","name":"TooFar","inputs":[
   {"name":"point","type":"tuple","components":[{"name":"x","type":"uint256"},{"name":"y","type":"uint256"}]},
   {"name":"why","type":"string"}]}
])";

ContractAbi abi() {
    return ContractAbi::read(nlohmann::json::parse(kAbi)).value();
}
Bytes bytes(std::string_view hex) {
    return from_hex(hex).value();
}

constexpr const char* kFriendTopic = "0000000000000000000000005aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
constexpr const char* kMoved = "7ef05e7f692e2955d17550c25ef864780097654ba50376a155531fde9083f096";
constexpr const char* kHome = "09248d9d6b6efac2143c36870f66661d2f09473b9b12ac14b4c8e16afbb32426";
constexpr const char* kMovedData =
    "0000000000000000000000000000000000000000000000000000000000000001"
    "0000000000000000000000000000000000000000000000000000000000000002"
    "0000000000000000000000000000000000000000000000000000000000000060"
    "0000000000000000000000000000000000000000000000000000000000000008"
    "7361792022686922000000000000000000000000000000000000000000000000";
constexpr const char* kTooFar =
    "a79def3a"
    "0000000000000000000000000000000000000000000000000000000000000001"
    "0000000000000000000000000000000000000000000000000000000000000002"
    "0000000000000000000000000000000000000000000000000000000000000060"
    "0000000000000000000000000000000000000000000000000000000000000002"
    "6e6f000000000000000000000000000000000000000000000000000000000000";

TEST(ContractAbi, an_event_is_shown_with_the_names_of_its_arguments) {
    const std::vector<Bytes> topics{bytes(kMoved), bytes(kFriendTopic), bytes(kHome)};
    EXPECT_EQ(abi().event(topics, bytes(kMovedData)),
              "Moved(who: 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed, where: hash 0x" + std::string(kHome) +
                  ", point: (1,2), note: \"say \\\"hi\\\"\")");
}

TEST(ContractAbi, what_is_not_its_event_is_left_as_it_is) {
    const auto data = bytes(kMovedData);
    EXPECT_FALSE(abi().event({}, data));
    EXPECT_FALSE(abi().event({bytes(kMoved), bytes(kFriendTopic)}, data));               // a topic is missing
    EXPECT_FALSE(abi().event({bytes(kHome), bytes(kFriendTopic), bytes(kHome)}, data));  // a different signature
    EXPECT_FALSE(abi().event({bytes(kMoved), bytes(kHome), bytes(kHome)}, data));        // not an address
    EXPECT_FALSE(abi().event({bytes(kMoved), bytes("01"), bytes(kHome)}, data));         // a short topic
    EXPECT_FALSE(abi().event({bytes(kMoved), bytes(kFriendTopic), bytes(kHome)}, {}));   // no data
}

TEST(ContractAbi, an_error_is_shown_with_the_names_of_its_arguments) {
    const auto data = bytes(kTooFar);
    EXPECT_EQ(abi().error(data), "TooFar(point: (1,2), why: \"no\")");
    EXPECT_FALSE(abi().error(BytesView(data).first(3)));
    EXPECT_FALSE(abi().error(BytesView(data).first(68)));
    EXPECT_FALSE(abi().error(bytes(kMovedData)));
}

TEST(ContractAbi, a_function_is_found_by_its_name_and_number_of_arguments) {
    const auto all = abi();
    EXPECT_EQ(all.function("balanceOf", 1).value().signature(), "balanceOf(address)");
    EXPECT_EQ(all.function("balanceOf", 1).value().outputs->front().name(), "uint256");
    EXPECT_EQ(all.function("set", 2).value().signature(), "set(uint256,uint256)");
    EXPECT_EQ(all.function("points", 1).value().signature(), "points((uint256,uint256)[])");
    const auto message = [&](const char* name, std::size_t given) {
        return all.function(name, given).error().message();
    };
    EXPECT_THAT(message("mint", 1), HasSubstr("no function mint; it has balanceOf(address who), set(uint256 x)"));
    EXPECT_THAT(message("balanceOf", 2), HasSubstr("got 2 arguments; expected those of balanceOf(address who)"));
    EXPECT_THAT(message("pick", 1), HasSubstr("name one with its types: pick(uint256 x), pick(bool x)"));
    EXPECT_THAT(message("odd", 1), HasSubstr("the type \"function\" is unknown"));
}

TEST(ContractAbi, what_a_function_returns_is_found_by_its_signature) {
    EXPECT_EQ(abi().outputs(parse_function("balanceOf(address)").value())->front().name(), "uint256");
    EXPECT_TRUE(abi().outputs(parse_function("pick(bool)").value())->empty());
    EXPECT_FALSE(abi().outputs(parse_function("balanceOf(uint256)").value()));
}

TEST(ContractAbi, a_constructor_says_what_it_takes) {
    EXPECT_EQ(abi().constructor(2).value().at(1).name(), "uint256");
    EXPECT_THAT(abi().constructor(0).error().message(),
                HasSubstr("constructor(address owner, uint256 limit) takes 2 arguments, got 0"));
    const auto none = ContractAbi::read(nlohmann::json::array()).value();
    EXPECT_TRUE(none.constructor(0).value().empty());
    EXPECT_THAT(none.constructor(1).error().message(), HasSubstr("constructor() takes 0 arguments, got 1"));
}

TEST(ContractAbi, is_found_in_what_compilers_write) {
    const auto found = [](const std::string& content, std::string_view name = {}) {
        const auto out = read_abi(as_bytes(content), name);
        return out ? out->function("f", 0).value().signature() : out.error().message();
    };
    const std::string f = R"([{"type":"function","name":"f","inputs":[],"outputs":[]}])";
    EXPECT_EQ(found(f), "f()");
    EXPECT_EQ(found(R"({"contractName":"A","bytecode":"0x6001","abi":)" + f + "}"), "f()");
    EXPECT_EQ(found(R"({"contracts":{"a.sol":{"A":{"abi":)" + f + R"(},"B":{"abi":[]}}}})", "A"), "f()");
    // The text of a text: solc's --combined-json before 0.8.
    EXPECT_EQ(found(nlohmann::json{{"contracts", {{"a.sol:A", {{"abi", f}, {"bin", "6001"}}}}}}.dump()), "f()");
    EXPECT_THAT(found("6080"), HasSubstr("not JSON"));
    EXPECT_THAT(found(R"({"bytecode":"0x6001"})"), HasSubstr("this artifact has no ABI"));
    EXPECT_THAT(found(R"({"abi":7})"), HasSubstr("not an array"));
    EXPECT_THAT(found(R"({"contracts":{}})"), HasSubstr("no contract"));
}

TEST(ContractAbi, a_file_that_is_wrong_is_refused) {
    const auto refusal = [](const std::string& text) {
        const auto out = ContractAbi::read(nlohmann::json::parse(text));
        return out ? "read" : out.error().message();
    };
    EXPECT_THAT(refusal("{}"), HasSubstr("not an array"));
    EXPECT_THAT(refusal(R"([{"type":"error","inputs":[7]}])"), HasSubstr("not an object"));
    EXPECT_THAT(refusal(R"([{"type":"error","inputs":[{"type":"tuple"}]}])"), HasSubstr("\"components\" are missing"));
    std::string deep = R"({"type":"uint8"})";
    for (int i = 0; i < 9; ++i) deep = R"({"type":"tuple","components":[)" + deep + "]}";
    EXPECT_THAT(refusal(R"([{"type":"error","inputs":[)" + deep + "]}]"), HasSubstr("too deep"));
    for (const char* text : {"[]", "[7]", "[null]", R"([{"type":7}])", R"([{"type":"function","inputs":7}])"})
        EXPECT_EQ(refusal(text), "read") << text;
}

// A name with a control character would move the cursor.
TEST(ContractAbi, names_cannot_move_the_cursor) {
    const auto abi =
        ContractAbi::read(
            nlohmann::json::parse(R"([{"type":"function","name":"f","inputs":[{"type":"bool","name":"\u001b[2J"}]}])"))
            .value();
    EXPECT_THAT(abi.function("f", 0).error().message(), HasSubstr("expected those of f(bool)"));
}

}  // namespace
}  // namespace strata::contracts
