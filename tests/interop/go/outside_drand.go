// Lets the environment name the chain of the random beacon and its servers (tests/interop/lotus.md): on a machine without
// the Internet Lotus can use neither the public beacon nor the one of a recorded network.
package buildconstants

import (
	"os"
	"strings"
)

func init() {
	if info := os.Getenv("LOTUS_DRAND_CHAIN_INFO"); info != "" {
		config := DrandConfigs[DrandQuicknet]
		config.ChainInfoJSON, config.Relays = info, nil
		config.Servers = strings.Fields(os.Getenv("LOTUS_DRAND_SERVERS"))
		DrandConfigs[DrandQuicknet] = config
	}
}
