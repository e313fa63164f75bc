#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <strata/node/settings_file.hpp>
#include <strata/p2p/peer_manager.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::node {
namespace {

using ::testing::HasSubstr;

class SettingsOfANode : public ::testing::Test {
  protected:
    std::filesystem::path file_with(std::string_view text) {
        const auto path = folder_.path() / "config.toml";
        std::ofstream(path) << text;
        return path;
    }
    Result<LoadedSettings> load(std::string_view text) {
        return load_settings(file_with(text), [this](const std::string& name) -> std::optional<std::string> {
            const auto found = environment_.find(name);
            return found == environment_.end() ? std::nullopt : std::optional(found->second);
        });
    }
    std::string refusal(std::string_view text) {
        const auto loaded = load(text);
        return loaded ? "it was taken" : loaded.error().message();
    }

    testing::TempFolder folder_;
    std::map<std::string, std::string> environment_;
};

// The text is TOML 1.0 as toml.io describes it.
TEST_F(SettingsOfANode, a_file_sets_values_and_says_where) {
    const auto loaded = load(R"(
[api]
port = 1_234 # a comment
address = '0.0.0.0'
[network]
peers = []
bootstrap = false
announce = ["/ip4/192.0.2.1/tcp/1347"]
)");
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(loaded->settings.api_port, 1'234);
    EXPECT_EQ(loaded->settings.api_address, "0.0.0.0");
    EXPECT_FALSE(loaded->settings.bootstrap);
    EXPECT_THAT(loaded->settings.announce, ::testing::ElementsAre("/ip4/192.0.2.1/tcp/1347"));
    EXPECT_THAT(loaded->origins.at("api.port"), HasSubstr("config.toml, line 3"));
    EXPECT_FALSE(loaded->origins.contains("pool.high"));
}

TEST_F(SettingsOfANode, the_environment_replaces_the_file) {
    environment_ = {{"STRATA_API_PORT", "4321"}, {"STRATA_NETWORK_BOOTSTRAP", "false"}, {"STRATA_NETWORK_PEERS", ""}};
    const auto loaded = load("[api]\nport = 1\n");
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(loaded->settings.api_port, 4'321);
    EXPECT_FALSE(loaded->settings.bootstrap);
    EXPECT_EQ(loaded->origins.at("api.port"), "the environment's STRATA_API_PORT");
    environment_ = {{"STRATA_API_PORT", "4321x"}};
    EXPECT_THAT(refusal(""), HasSubstr("STRATA_API_PORT: api.port expects a whole number"));
}

TEST_F(SettingsOfANode, mistakes_are_named_with_their_line) {
    EXPECT_THAT(refusal("[api]\nprot = 1\n"),
                HasSubstr("line 2: there is no setting \"api.prot\", did you mean \"api.port\"?"));
    EXPECT_THAT(refusal("port = 1\n"), HasSubstr("line 1: there is no setting \"port\""));
    EXPECT_THAT(refusal("[api]\nport = \"1\"\n"), HasSubstr("line 2: api.port expects a whole number"));
    EXPECT_THAT(refusal("[api]\nport = 65536\n"), HasSubstr("api.port is 65536, expected 0 to 65535"));
    EXPECT_THAT(refusal("[api]\nport = \n"), HasSubstr("config.toml, line 2"));
    EXPECT_THAT(refusal("[network]\npeers = [1]\n"), HasSubstr("expects a list of texts"));
    EXPECT_THAT(refusal("[network]\npeers = [\"/ip4/127.0.0.1/tcp/1\"]\n"), HasSubstr("does not end with /p2p/"));
    EXPECT_THAT(refusal("[network]\nlisten = [\"127.0.0.1:1\"]\n"), HasSubstr("expected an address such as"));
    EXPECT_THAT(refusal("[store]\nkeep_epochs = 1000\n"), HasSubstr("expected 0 for all, or a number from 1900 on"));
    EXPECT_THAT(refusal("[log]\nlevels = \"loud\"\n"), HasSubstr("'loud' is not a log level"));
    EXPECT_THAT(refusal("[pool]\nlow = 10\nhigh = 9\n"), HasSubstr("pool.low is 10 and pool.high is 9"));
}

TEST_F(SettingsOfANode, a_file_that_is_missing_or_too_long_is_refused) {
    EXPECT_EQ(load_settings(folder_.path() / "none.toml", {}).error().code(), Errc::not_found);
    EXPECT_FALSE(load(std::string(2 << 20, '#')));
}

// The file that a person begins with can be read, and taking its comment marks away changes no value.
TEST_F(SettingsOfANode, the_written_file_has_the_defaults) {
    ASSERT_TRUE(load(settings_template())) << refusal(settings_template());
    std::string text, line;
    std::istringstream lines(settings_template());
    while (std::getline(lines, line)) {
        const bool is_setting =
            line.starts_with("# ") && line.contains(" = ") && !line.contains("…") && !line.contains(": ");
        text += (is_setting ? line.substr(2) : line) + "\n";
    }
    const auto loaded = load(text);
    ASSERT_TRUE(loaded) << loaded.error().message() << "\n" << text;
    EXPECT_TRUE(differences(loaded->settings, Settings()).empty());
    EXPECT_GT(loaded->origins.size(), 25u);
}

TEST_F(SettingsOfANode, every_setting_takes_its_default_and_explains_itself) {
    for (const auto& setting : all_settings()) {
        Settings to;
        const auto value = setting.get(to);
        if (!std::holds_alternative<std::monostate>(value)) EXPECT_TRUE(setting.set(to, value)) << setting.name;
        EXPECT_TRUE(setting.sentence.ends_with('.')) << setting.name;
        EXPECT_THAT(explain(setting), HasSubstr(variable_of(setting.name)));
        EXPECT_EQ(find_setting(setting.name), &setting);
        if (setting.kind == Setting::Kind::number) EXPECT_LT(setting.least, setting.most) << setting.name;
    }
    EXPECT_TRUE(check_settings(Settings()));
    EXPECT_EQ(variable_of("api.request_bytes"), "STRATA_API_REQUEST_BYTES");
}

// Otherwise an answer that the API may give could never be sent, nor a request that it takes arrive.
TEST_F(SettingsOfANode, the_server_takes_what_the_api_may_answer_and_be_asked) {
    Settings settings;
    EXPECT_EQ(server_limits(settings).answers_bytes, settings.http.answers_bytes);
    settings.api_limits.answer_bytes = std::size_t{1} << 30;
    settings.api_limits.request_bytes = std::size_t{32} << 20;
    EXPECT_GE(server_limits(settings).answers_bytes, settings.api_limits.answer_bytes);
    EXPECT_EQ(server_limits(settings).socket_message_bytes, settings.api_limits.request_bytes);
}

// The parts that a node is made of have these defaults too; a node without a file behaves as they say.
TEST_F(SettingsOfANode, defaults_are_those_of_the_parts) {
    const Settings settings;
    const p2p::PeerManagerConfig peers;
    EXPECT_EQ(settings.peers_low, peers.low);
    EXPECT_EQ(settings.peers_high, peers.high);
}

TEST_F(SettingsOfANode, differences_are_named) {
    Settings other;
    other.pool.high = 40'000;
    const auto found = differences(Settings(), other);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found.front()->name, "pool.high");
    EXPECT_TRUE(found.front()->is_live);
}

}  // namespace
}  // namespace strata::node
