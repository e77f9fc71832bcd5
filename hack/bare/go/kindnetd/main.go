// The network of the pods, with the contract of kind's own kindnetd, which is not published as a Go module (kind's
// manifest starts it): CNI configuration from the node's podCIDR, routes to the other nodes' podCIDRs, masquerade for what
// leaves the pods.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

const (
	account = "/var/run/secrets/kubernetes.io/serviceaccount/"
	cniPath = "/etc/cni/net.d/10-kindnet.conflist"
	cni     = `{"cniVersion":"0.4.0","name":"kindnet","plugins":[
 {"type":"ptp","ipMasq":false,"mtu":1500,"ipam":{"type":"host-local","dataDir":"/run/cni-ipam-state",
  "routes":[{"dst":"0.0.0.0/0"}],"ranges":[[{"subnet":%q}]]}},
 {"type":"portmap","capabilities":{"portMappings":true}}]}
`
)

type node struct {
	Spec   struct{ PodCIDR string }
	Status struct {
		Addresses []struct{ Type, Address string }
	}
}

func (n node) internalIP() string {
	for _, a := range n.Status.Addresses {
		if a.Type == "InternalIP" {
			return a.Address
		}
	}
	return ""
}

func run(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w: %s", name, args, err, out)
	}
	return nil
}

// writeCNI tells the kubelet's runtime how pods of this node are connected; the node is Ready once the file is there.
func writeCNI(podCIDR string) error {
	want := fmt.Sprintf(cni, podCIDR)
	if have, _ := os.ReadFile(cniPath); string(have) == want {
		return nil
	}
	if err := os.WriteFile(cniPath+".tmp", []byte(want), 0o644); err != nil {
		return err
	}
	return os.Rename(cniPath+".tmp", cniPath)
}

func apply(change string, n node) error {
	ip, cidr := n.internalIP(), n.Spec.PodCIDR
	switch {
	case ip == "" || cidr == "":
		return nil
	case ip == os.Getenv("HOST_IP"):
		return writeCNI(cidr)
	case change == "DELETED":
		return run("ip", "route", "del", cidr)
	default:
		return run("ip", "route", "replace", cidr, "via", ip)
	}
}

// watchNodes returns when the server ends the watch, which it does regularly. Without a resourceVersion a watch begins
// with one ADDED event for every node there is.
func watchNodes(client *http.Client) error {
	token, err := os.ReadFile(account + "token") // again each time: it rotates
	if err != nil {
		return err
	}
	server := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	req, err := http.NewRequest(http.MethodGet, "https://"+server+"/api/v1/nodes?watch=1&timeoutSeconds=300", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+string(token))
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("watch of nodes: %s", res.Status)
	}
	for decoder := json.NewDecoder(res.Body); ; {
		var event struct {
			Type   string
			Object node
		}
		if err := decoder.Decode(&event); err != nil {
			return err
		}
		if err := apply(event.Type, event.Object); err != nil {
			log.Print(err)
		}
	}
}

func masquerade(pods string) error {
	rule := []string{"POSTROUTING", "-s", pods, "!", "-d", pods, "-m", "addrtype", "!", "--dst-type", "LOCAL", "-j", "MASQUERADE"}
	if run("iptables", append([]string{"-w", "-t", "nat", "-C"}, rule...)...) == nil {
		return nil
	}
	return run("iptables", append([]string{"-w", "-t", "nat", "-A"}, rule...)...)
}

func main() {
	ca, err := os.ReadFile(account + "ca.crt")
	if err != nil {
		log.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	if err := masquerade(os.Getenv("POD_SUBNET")); err != nil {
		log.Fatal(err)
	}
	for {
		log.Print(watchNodes(client))
		time.Sleep(time.Second)
	}
}
