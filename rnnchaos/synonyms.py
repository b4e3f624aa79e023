"""The field's words and other tools' for what is called otherwise here: one table, which every suggestion asks.

Words of PyTorch, Keras, Lightning, Hydra, dysts, DynamicalSystems.jl, reservoirpy and the papers, each in the form that
`plain` gives it: lower case, without accents and separators, Greek letters by their names.
"""

import unicodedata

_SEPARATORS = str.maketrans("", "", "_- ./:@")


def plain(word: str) -> str:
    """`Rössler` as `rossler`, `batch-size` as `batchsize`, `τ` as `tau`."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(map(_spelt, letters)).translate(_SEPARATORS)


def _spelt(letter: str) -> str:
    if unicodedata.combining(letter):
        return ""
    if letter.isascii():
        return letter
    return unicodedata.name(letter, "").removeprefix("GREEK SMALL LETTER ").lower().replace("lamda", "lambda")


# What a word may stand for, in order: a setting by its full name, or a choice, a command, a flag or the last part of a
# setting; of all that there is to suggest, the first one counts.
_MEANT = {
    # Settings of training
    "training.num_steps": (
        "epochs epoch nepochs numepochs maxepochs numepoch nepoch e niter niters iterations iters numiterations "
        "maxiter maxiters maxiterations maxsteps trainsteps trainingsteps updates numupdates nupdates steps nsteps "
        "totalsteps optsteps optimizersteps stepsperepoch n numtrainsteps trainerepochs"
    ),
    "num_steps": "steps nsteps n num numpoints points length horizon tsteps maxsteps ntime pts total",
    "training.batch_size": (
        "batch batches bs b minibatch minibatchsize nbatch batchlen trainbatchsize perdevicebatchsize"
    ),
    "training.window": (
        "seqlen seqlength sequencelength sequencelen sequence lookback windowsize windowlength windowlen chunk "
        "chunksize chunklength bptt bpttlength bpttsteps unroll unrolllength timesteps ntimesteps "
        "trainingsequencelength"
    ),
    "training.record_every": (
        "logevery loginterval logeverynsteps logsteps evalevery evalinterval printevery valinterval valcheckinterval "
        "recordinterval"
    ),
    "training.checkpoint_every": "saveevery saveinterval savesteps checkpointinterval checkpoint checkpointing",
    "training.attempts": "restarts restart retries retry numrestarts nrestarts randomrestarts tries maxattempts",
    "training.keep": "savebest keepbest bestmodel monitor savebestonly selection select modelselection",
    "attractor": "best bestmodel",
    "float32": "32 f32 fp32 single float 32true bits32 half fp16 bf16 float16 mixed",
    "float64": "64 f64 fp64 double x64 64true longdouble",
    "null": "none nil na nan",
    "true": "yes y on",
    "false": "no n off",
    "relu": "rectifier rectlin",
    "precision": "dtype float floatx float32 float64 double single fp32 fp64 x64 enablex64 bits prec",
    "seed": (
        "s randomseed randomstate rng rngseed seedeverything prngkey key manualseed torchseed npseed globalseed "
        "trainingseed"
    ),
    "ensemble.seeds": "seeds nseeds numseeds ensemble ensemblesize nruns numruns members nmembers repeats replicates",
    "outputs": (
        "o out output outdir outputdir outputfolder outputpath outputsdir savedir savepath savefolder logdir "
        "logs logpath resultdir results resultsdir runs runsdir dir rundir workdir folder dest hydrarundir "
        "hydrasweepdir defaultrootdir to save"
    ),
    "name": "runname expname experimentname jobname tag label id title runid project projectname hydrajobname",
    "diagnostics.figures": "plot plots figure figs plotting images draw visualize visualise savefigs saveplots",
    "hydra.launcher.n_jobs": "numworkers nworkers workers njobs jobs j nproc numproc processes parallel nprocs threads",
    # Settings of optimisers
    "optimizer.learning_rate": (
        "lr learningrate stepsize eta eta0 alphalr rate lrate learnrate lr0 initlr initiallr baselr maxlr peaklr "
        "learning startlr"
    ),
    "optimizer.final_learning_rate": "minlr finallr endlr etamin lrend lrfinal lrmin endlearningrate learningrateend",
    "optimizer.weight_decay": "weightdecay wd l2 l2reg l2penalty decay regularization reg kernelregularizer",
    "optimizer.schedule": (
        "scheduler lrscheduler lrschedule learningratescheduler learningrateschedule annealing lrdecay "
        "lrschedulertype sched"
    ),
    "optimizer.warmup_steps": "warmup warmuplr warmupepochs lrwarmup numwarmupsteps warmupiters",
    "optimizer.clip_norm": (
        "clip gradclip gradientclip gradclipping gradientclipping gradientclipval clipgrad clipgradnorm maxgradnorm "
        "maxnorm clipnorm gradnorm clipping clipthreshold globalclipnorm gradientclipnorm"
    ),
    "optimizer.clip_value": "clipvalue gradclipvalue clipgradvalue",
    "b1": "beta1 betas",
    "b2": "beta2",
    "optimizer": "optim opt optimiser solver algo optimizertype torchoptim optimizername trainingalgorithm",
    "training": "trainer trainercfg trainconfig trainingargs fit loop",
    # Settings of models
    "model.hidden_size": (
        "hidden units u nunits numunits hiddensize hiddendim hiddenunits nhidden numhidden hiddennodes dimhidden "
        "neurons nneurons numneurons nodes latent latentdim latentsize latentdimension statesize statedim "
        "statedimension "
        "dstate dz dimz rnnsize rnnunits width m nreservoir reservoirsize nres resdim reservoirunits dmodel embeddim "
        "modelsize hiddenfeatures rnndim hdim nh nodesperlayer modelunits"
    ),
    "model.layer_size": "hiddenlayer layersize l layerwidth ffdim hiddenlayersize mlpsize dimhiddenlayer",
    "model.bases": "nbases numbases basis b basisexpansions numbasis",
    "model.rectified": "nrelu numrelu relus prelu p linearunits numrectified",
    "model.activation": "nonlinearity act activationfunction actfn activationfn nonlin transferfunction phi",
    "model.spectral_radius": "sr rhow specrad radius spectralradius spectral maxeigenvalue",
    "model.leak": "leakrate leakingrate leaky lr alphaleak leakage leaking",
    "model.input_scale": "inputscaling winscale inputscale scalein inputgain sigmain",
    "model.bias_scale": "biasscaling bias biasscale",
    "model.degree": "connectivity rcconnectivity density sparsity sparseness meandegree order polynomialorder",
    "protocol.ridge": "ridge ridgeparam tikhonov ridgeregression lambdareg regparam beta ridgecoeff regcoef",
    "model.delays": "k delay numdelays taps",
    "model.spacing": "strides stride skip s delayspacing",
    "model.clipped": "clip clipped bounded",
    "model": (
        "net network arch architecture cell rnn rnntype modeltype modelname celltype networktype rnncell modelclass "
        "modelarch layer layertype backbone"
    ),
    # Settings of protocols
    "protocol.tau": (
        "interval forcinginterval tfinterval forcingevery teacherforcinginterval learninginterval forceevery "
        "teacherforcingevery ntf tauforcing forcingperiod taus period sparsity itf"
    ),
    "protocol.alpha": (
        "forcingstrength teacherforcingratio tfratio tfalpha gtfalpha forcingratio strength tfprob "
        "teacherforcingprob"
    ),
    "protocol.length": "tbptt truncation truncationlength tbpttsteps tbpttlength k1 k2 bptt",
    "protocol.washout": "washout warmup burnin discard initsteps",
    "protocol.input_noise": "inputnoise noiselevelinput gaussiannoise gaussiannoiselevel trainnoise noisestd",
    "protocol": (
        "forcing teacherforcing tf trainingprotocol trainprotocol method scheme trainingmethod algorithm forcingtype "
        "learningrule strategy trainmethod bpttmethod"
    ),
    # Settings of data
    "dataset": (
        "data system d ds datasource source task problem attractor sys flow map environment env dynamics "
        "datamodule dataname "
        "datasetname systemname dynamicalsystem series timeseries"
    ),
    "dataset.path": (
        "file csv csvfile filename filepath datapath datafile path input datadir inputfile i f dataroot root "
        "npy trainfile "
        "traindata inputpath infile datafolder"
    ),
    "dataset.test_path": "testfile testdata testpath validfile valfile evalfile",
    "dataset.dt": (
        "timestep deltat delta samplingtime sampletime samplinginterval sampling h step dtstep sampleinterval tstep fs "
        "samplingrate samplefrequency freq frequency rate timestepsize integrationstep"
    ),
    "dataset.train_length": (
        "trainsize trainlen ntrain numtrain trainsteps trainpoints trainsplit trainratio trainfraction length "
        "serieslength "
        "numsamples nsamples samples numpoints npoints datalength datasize t tmax tend duration totaltime "
        "tspan size ndata "
        "trainingsize traininglength pts trajectorylength"
    ),
    "dataset.test_length": (
        "testsize testlen ntest numtest testpoints testsplit testratio teststeps testfraction evallength"
    ),
    "dataset.validation_length": (
        "valsize vallen vallength nval valsplit validationsplit valratio validationsize validsize valfraction devsize "
        "validationfraction valpoints validlength"
    ),
    "dataset.transient": "ttr burnin transients discard warmup spinup tdiscard washout trans skipsteps ntransient",
    "transient": "ttr burnin transients discard warmup spinup tdiscard trans ntransient",
    "dataset.noise": (
        "noiselevel noisestd noisesigma obsnoise observationnoise measurementnoise snr noisesd eps epsilon sigmanoise "
        "noiseamplitude noisestrength"
    ),
    "dataset.axes": "axis dims dimensions observed obs variables coords coordinates component components features",
    "dataset.columns": "columns cols usecols column features variables channels fields",
    "dataset.time_column": "timecol timecolumn tcol timeindex index indexcol datecol timestamp timeaxis time",
    "dataset.trial_column": "trial trials session sessions group groups groupby subject subjects",
    "dataset.inputs": (
        "externalinput externalinputs drive drives control controls covariates exogenous exog stimulus "
        "inputcolumns u"
    ),
    "dataset.scaling": (
        "normalize normalise normalization normalisation standardize standardise standardization scale scaler zscore "
        "minmax preprocessing norm"
    ),
    "dataset.embedding_dimension": (
        "embdim edim embeddingdim delays delayembedding embed embedding m de dimension demb timedelays"
    ),
    "dataset.embedding_lag": "lag taulag embeddingdelay delay embeddingtau delaytime timelag",
    "dataset.integrator": "solver method ode odesolver integrationmethod alg stepper scheme rk45 odemethod",
    "dataset.tolerance": "rtol atol tol reltol abstol",
    "dataset.substeps": "substep inner innersteps nsub",
    "dataset.parameters": "params parameter p coefficients constants paramvalues",
    "dataset.initial_state": "ic x0 u0 y0 init initialcondition initialconditions initialstate state0 z0",
    "dataset.separator": "sep delimiter delim",
    "dataset.has_header": "header headers hasheader colnames",
    "dataset.skip_rows": "skiprows skiprow skipheader skip skiplines",
    "dataset.null_values": "navalues na nan nans missing nullvalue missingvalues",
    "dataset.system": "equationname systemname attractorname flow",
    "dataset.N": "n dims size numoscillators dimension sites",
    # Settings of diagnostics
    "diagnostics.lyapunov.num_steps": "lyapunovsteps lyapsteps lesteps",
    "diagnostics.lyapunov.num_exponents": "k nexponents numexponents nlyap numlyapunov nle exponents",
    "diagnostics.lyapunov.qr_every": "qr qrinterval orthonormalize orthonormalizeevery reorthonormalize tons",
    "diagnostics.lyapunov.num_orbits": "orbits norbits numtrajectories ntrajectories trajectories",
    "diagnostics.gradients.max_lag": "maxlag lags tmax maxt horizon",
    "diagnostics": "diag metrics metric callbacks evaluation analyses analysis measures callback",
    "experiment": "preset config exp configfile template recipe presets experiments",
    # Models
    "shplrnn": "shallowplrnn plrnnshallow shallow shplrnncell piecewiselinear pwl onehiddenlayerplrnn",
    "dendplrnn": "dendriticplrnn plrnndendritic dendritic dend dplrnn",
    "clipped_shplrnn": "clippedshallowplrnn clippedshplrnn clippedplrnn cshplrnn boundedplrnn",
    "clipped_dendplrnn": "clippeddendriticplrnn",
    "mcplrnn": "meancenteredplrnn meancentredplrnn meancentered meancentred layernormplrnn",
    "alrnn": "almostlinearrnn almostlinear almostlinearplrnn",
    "shrnn": "shallowrnn smooth smoothrnn mlp shallowsmooth silurnn neuralode node fnn ffn dense",
    "rnn": "vanilla vanillarnn simplernn elman elmanrnn rnncell tanhrnn basicrnn simple simplernncell jordan rnntanh",
    "lstm": "lstmcell cudnnlstm longshorttermmemory lstms eqxlstm nnlstm bilstm stackedlstm torchlstm",
    "gru": "grucell cudnngru gatedrecurrentunit nngru bigru eqxgru torchgru",
    "esn": (
        "echostate echostatenetwork echostatenetworks reservoir rc reservoircomputing reservoircomputer "
        "esncell deepesn ipreservoir"
    ),
    "ngrc": "nvar nextgenerationreservoir nextgenrc ngreservoir nextgen sindy nextgenerationreservoircomputing",
    "plrnn": "plrnncell standardplrnn vanillaplrnn piecewiselinearrnn",
    "antisymmetric": "antisymmetricrnn asrnn",
    "orthogonal": "orthogonalrnn unitary urnn ornn exprnn unitaryrnn",
    "cornn": "coupledoscillatory coupledoscillators oscillatory coupledoscillator",
    # Protocols
    "sparse_forcing": (
        "stf sparse sparsetf sparseteacherforcing sparseforcing sparselyforced idtf itf forcing default bptttf "
        "stfbptt bpttstf sparsetfbptt"
    ),
    "gtf": "generalizedtf generalisedtf generalizedteacherforcing generalisedteacherforcing gtfbptt generalizedforcing",
    "adaptive_gtf": "agtf adaptivegeneralizedteacherforcing adaptivetf adaptivealpha adaptive adaptiveforcing",
    "annealed_gtf": "annealedgeneralizedteacherforcing",
    "teacher_forcing": "tf teacherforced teacher forced fullforcing classicalteacherforcing openloop onestep",
    "free": (
        "bptt freerunning freerun closedloop autoregressive noforcing none unforced selffeeding professor "
        "vanillabptt autonomous"
    ),
    "truncated": "tbptt truncatedbptt truncatedbackpropagation truncatedbackprop",
    "random_forcing": (
        "scheduledsampling random randomtf randomteacherforcing stochastic stochasticforcing professorforcing"
    ),
    "annealed_forcing": "annealed annealedtf curriculum curriculumlearning annealing",
    "closed_form": (
        "ridge ridgeregression regression linearregression leastsquares lstsq tikhonov closed analytic "
        "closedform"
    ),
    "windowed": "windows window sliding slidingwindow",
    "flossing": "gradientflossing",
    "manifold_attractor": "mar manifoldattractorregularization manifoldattractorregularisation",
    "input_noise": "noise noisy noiseinjection",
    # Optimisers and their schedules
    "gauss_newton": "gn gaussnewton levenbergmarquardt lm newton secondorder lbfgs bfgs kfac",
    "adamw": "adamw32 adamweightdecay decoupledadam",
    "adam": "amsgrad adamax nadam adam8bit adamoptimizer",
    "rmsprop": "rms rmspropoptimizer",
    "sgd": "gd gradientdescent momentum nesterov vanilla sgdmomentum stochasticgradientdescent",
    "cosine": "cosineannealing cosineannealinglr cosinedecay cosinelr cosineschedule",
    "exponential": "exponentiallr exponentialdecay steplr exp expdecay",
    "warmup_cosine": "onecycle onecyclelr cosinewarmup linearwarmupcosine",
    # Systems
    "lorenz63": (
        "lorenz lorenzattractor lorenzsystem lorentz lorentz63 lorenz3d lorenz1963 l63 lorenz3 lorentzattractor "
        "lorenzequations lorenzchaos"
    ),
    "lorenz96": "l96 lorentz96 lorenz1996",
    "lorenz84": "l84 lorentz84",
    "rossler": "roessler roesler rosler rosslerattractor roesslerattractor rossller rosslersystem ross",
    "hyper_rossler": "hyperrossler hyperroessler rosslerhyper rossler4d hyperchaoticrossler",
    "henon": "henonmap henonattractor",
    "henon_heiles": "henonheiles hh heneonheiles",
    "logistic": "logisticmap quadraticmap logisticequation",
    "standard_map": "chirikov chirikovmap chirikovstandardmap taylorchirikov standard kickedrotor",
    "cat_map": "arnold arnoldcat arnoldcatmap arnoldmap cat",
    "tent": "tentmap",
    "ikeda": "ikedamap",
    "lozi": "lozimap",
    "baker": "bakermap bakersmap",
    "kuramoto_sivashinsky": "ks kse kuramoto ksequation kuramotosivashinskyequation ks1d",
    "mackey_glass": "mg mackey mackeyglassequation glass mackeyglass17",
    "chua": "chuacircuit chuas chuascircuit doublescroll chuasystem",
    "chen": "chenlee chenattractor",
    "lu": "luchen luattractor luchensystem",
    "thomas": "thomascyclicallysymmetric labyrinth",
    "forced_van_der_pol": "vanderpol vdp forcedvdp vanderpoloscillator",
    "duffing": "duffingoscillator forcedduffing",
    "double_pendulum": "dp doublependulumsystem",
    "forced_pendulum": "pendulum drivenpendulum forceddampedpendulum",
    "hindmarsh_rose": "hr neuron hindmarshroseneuron",
    "nose_hoover": "nosehooveroscillator nosehoover",
    "coupled_map_lattice": "cml coupledlogisticmaps coupledmaps",
    "limit_cycle": "hopf stuartlandau cycle",
    "sprott_a": "sprott",
    "file": (
        "csv custom own mydata npy npz parquet excel xlsx mat matlab hdf5 h5 measured timeseries dataframe "
        "pandas userdata txt eeg"
    ),
    "equations": "ode odes yaml formula equation ownequations customsystem customequations symbolic",
    # Commands
    "train": "fit run learn start launch training traine exec go begin trainer main learning experiment",
    "sweep": "sweeps study multirun grid gridsearch hyperparameter hparams",
    "train -m": "search tune optimize optimise hpo optuna hyperopt hyperparametersearch",
    "evaluate": "eval test score metrics validate evaluation measure benchmark dstsp dh",
    "forecast": "predict generate continue prediction predictions rollout extrapolate inference infer forecasts",
    "lyapunov": (
        "lyap lyapunovs le spectrum lyapunovspectrum exponents lyapunovexponents lyapunovexponent lambda "
        "lambdamax mle lces "
        "kaplanyorke kaplanyorkedim lyapunovspectra kydim maxlyapunov ftle"
    ),
    "gradients": "grad grads gradient jacobian jacobians gradientnorm gradientnorms explodinggradients",
    "cycles": "fixedpoints fixedpoint equilibria periodicorbits periodic fixed orbits poincare",
    "bifurcation": "orbitdiagram bifurcations continuation scan bifurcationdiagram",
    "judge": "verdict compare assess judgement check comparison baseline",
    "systems": "datasets system list models catalogue catalog attractors listsystems flows dysts maps",
    "runs": "ls history show list log logs results status experiments listruns jobs outputs",
    "resume": "restart continue goon recover restore cont",
    "data": "inspect preview dataset load describe info",
    "export": "save convert onnx torch tofile dump savemodel weights exporttorch",
    "figures": "figure figs plot plots chart charts graph graphs redraw pdf svg",
    "paper": "reproduce replicate arxiv",
    "report": "html page summary visualize visualise view",
    "watch": "live dashboard monitor serve server tensorboard follow tail progress",
    "completion": "autocomplete complete bash zsh fish installcompletion showcompletion",
    "status": "progress state watch show info",
    "table": "csv results list summary df dataframe",
    "plot": "figure draw figures graph chart",
    # Flags
    "--multirun": "sweep grid multirun",
    "--cfg": "config showconfig printconfig cfgjob print",
    "--config-name": "configname cn",
    "--config-dir": "configdir configpath configfolder confdir cd",
    "--dry-run": "dryrun dry simulate check test fastdevrun noop whatif list",
    "--from": "from fromrun rerun basedon likerun repeat same baserun",
    "--json": "jsonoutput asjson outputformat format",
    "--plugin": "plugins module import extension",
    "--help": "usage",
    "--detach": "background nohup submit async",
}

# Words of other tools for what there is not, and what there is instead.
_INSTEAD = {
    "device gpu gpus cuda cpu accelerator devices usegpu tpu nogpu nocuda platform mps trainerdevices": (
        "a GPU is used where JAX finds one; JAX_PLATFORMS=cpu before the command keeps to the CPU"
    ),
    "dropout recurrentdropout dropoutrate pdrop": "there is no dropout; protocol.input_noise=0.05 is what there is",
    "numlayers nlayers layers depth stackedlayers nlayer bidirectional stacked": (
        "a network has one recurrent layer; model.hidden_size=N sets its units"
    ),
    "earlystopping patience earlystop mindelta stoppingpatience": (
        "training takes all of training.num_steps and keeps the weights that training.keep chooses"
    ),
    "loss lossfn criterion objective lossfunction mse lossname": (
        "the loss is the squared error of the prediction; protocol=... sets how it is taken"
    ),
    "wandb tensorboard mlflow logger tracker aim neptune usewandb wandbproject tb": (
        "logging=tensorboard, or a sink of your own (docs/live.md), beside history.jsonl of the run folder"
    ),
    "verbose v verbosity debug quiet q progress progressbar silent loglevel hydraverbose vv": (
        "--json prints one JSON object; RNNCHAOS_TRACEBACK=1 before the command shows where an error arises"
    ),
    "resume resumefrom ckpt ckptpath resumefromcheckpoint checkpointpath loadcheckpoint continuefrom continue": (
        "rnnchaos resume RUN goes on with a training that was cut off"
    ),
    "momentum nesterov": "optimizer=sgd optimizer.momentum=0.9 has momentum",
    "x0 u0 y0 ic init initialcondition initialconditions initialstate z0": (
        "orbits start by themselves; dataset=equations takes dataset.initial_state"
    ),
    "load pretrained loadweights weights weight modelpath loadmodel statedict pth pt": (
        "rnnchaos judge weights=FILE measures a network from elsewhere (docs/foreign.md)"
    ),
    "fix freeze finetune transfer": "all weights are trained, from their initial values",
    "help h man docs doc commands": "rnnchaos --help lists the commands, rnnchaos train --help the settings",
    "version": "rnnchaos --version prints the version",
}

MEANT: dict[str, list[str]] = {}
for _name, _words in _MEANT.items():
    for _word in _words.lower().split():
        MEANT.setdefault(_word, []).append(_name)

INSTEAD = {word: said for words, said in _INSTEAD.items() for word in words.split()}


def meant_by(word: str) -> list[str]:
    """What a word may stand for, in order: full names, choices, commands, flags or last parts of names."""
    return MEANT.get(plain(word), [])


def instead_of(word: str) -> str | None:
    """What there is in place of something that other tools have, as a sentence; None for other words."""
    return INSTEAD.get(plain(word))
